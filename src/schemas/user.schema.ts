import { z } from 'zod'
import type { User } from '../repositories/user.repository.ts'
import { instant, uuid } from './fields.ts'

export const user = z
  .object({
    id: uuid,
    email: z.string(),
    name: z.string().nullable(),
    roles: z.array(z.string()),
    status: z.enum(['active', 'disabled']),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'User' })

export const userAnswer = z.object({ user })

/** Field by field, so that a new column never shows by itself. */
export function presentUser({ id, email, name, roles, status, createdAt, updatedAt }: User): z.input<typeof user> {
  return {
    id,
    email,
    name,
    roles,
    status,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}
