import { z } from 'zod'
import { problem } from './problem.schema.ts'

const state = z.enum(['ok', 'failed'])
const checks = z
  .record(z.string(), state)
  .meta({ description: 'Each check by its name.', example: { database: 'ok', feed: 'ok' } })

export const health = z.object({ status: z.literal('ok') })
export const readiness = z.object({ status: z.literal('ready'), checks })
export const unreadiness = z.object({ ...problem.shape, checks })
