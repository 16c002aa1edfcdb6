import { z } from 'zod'
import type { User } from '../repositories/user.repository.ts'
import type { UserList } from '../services/user.service.ts'
import { cursorOf, encodeCursor } from './cursor.ts'
import { instant, personName, text, uuid, wholeNumber } from './fields.ts'

const status = z.enum(['active', 'disabled'], 'must be active or disabled')

export const user = z
  .object({
    id: uuid,
    email: z.string(),
    name: z.string().nullable(),
    roles: z.array(z.string()),
    status,
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'User' })

export const userAnswer = z.object({ user })
export const userParams = z.strictObject({ id: uuid })

export const userChange = z.strictObject({
  name: personName.nullable().optional(),
  status: status.optional(),
})

export const userQuery = z.strictObject({
  q: text(1, 200)
    .transform((part) => part.normalize('NFC'))
    .optional()
    .meta({ description: 'Email or name contains this, in any case. From three characters on it is quick.' }),
  role: text(1, 64).optional(),
  status: status.optional(),
  limit: wholeNumber(1, 100).default(20),
  cursor: cursorOf(uuid).optional(),
})

export const userPage = z.object({
  items: z.array(user),
  nextCursor: z.string().nullable(),
  total: z.int().meta({ description: 'How many there are on all pages.' }),
  totalIsEstimate: z.boolean().meta({ description: 'Whether it is an estimate, which it may be above 10,000.' }),
})

export function presentUserPage({ items, hasMore, total, isEstimate }: UserList): z.input<typeof userPage> {
  const last = hasMore ? items.at(-1) : undefined
  return {
    items: items.map(presentUser),
    nextCursor: last ? encodeCursor(last.id) : null,
    total,
    totalIsEstimate: isEstimate,
  }
}

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
