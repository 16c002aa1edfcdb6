import { z } from 'zod'
import type { User } from '../repositories/user.repository.ts'
import { instant, personName, uuid } from './fields.ts'

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
export const userParams = z.strictObject({ id: uuid })

export const userChange = z.strictObject({
  name: personName.nullable().optional(),
  status: z.enum(['active', 'disabled'], 'must be active or disabled').optional(),
})

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
