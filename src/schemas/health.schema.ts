import { z } from 'zod'
import { problem } from './problem.schema.ts'

const checks = z.record(z.string(), z.enum(['ok', 'failed']))

export const health = z.object({ status: z.literal('ok') })
export const readiness = z.object({ status: z.literal('ready'), checks })
export const unreadiness = z.object({ ...problem.shape, checks })
