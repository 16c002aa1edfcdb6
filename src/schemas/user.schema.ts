import { z } from 'zod'
import type { User } from '../repositories/user.repository.ts'
import type { UserList } from '../services/user.service.ts'
import { cursorOf, encodeCursor, nextCursor } from './cursor.ts'
import { instant, pageSize, personName, text, uuid } from './fields.ts'

export const status = z
  .enum(['active', 'disabled'], 'must be active or disabled')
  .meta({ description: 'Who is disabled cannot sign in.', example: 'active' })

export const user = z
  .object({
    id: uuid,
    email: z.string().meta({ example: 'ada@example.com' }),
    name: z.string().nullable().meta({ example: 'Ada Lovelace' }),
    roles: z.array(z.string()).meta({ example: ['user'] }),
    status,
    emailVerified: z.boolean().meta({ description: 'Whether the address was shown to be theirs.', example: false }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'User', description: 'An account, as others may see it.' })

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
    .meta({
      description: 'Email or name contains this, in any case. From three characters on it is quick.',
      example: 'ada',
    }),
  role: text(1, 64).optional().meta({ description: 'Has this role.', example: 'admin' }),
  status: status.optional(),
  limit: pageSize,
  cursor: cursorOf(uuid).optional(),
})

export const userPage = z.object({
  items: z.array(user),
  nextCursor,
  total: z.int().meta({ description: 'How many there are on all pages.', example: 1 }),
  totalIsEstimate: z
    .boolean()
    .meta({ description: 'Whether it is an estimate, which it may be above 10,000.', example: false }),
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
export function presentUser({
  id,
  email,
  name,
  roles,
  status,
  emailVerifiedAt,
  createdAt,
  updatedAt,
}: User): z.input<typeof user> {
  return {
    id,
    email,
    name,
    roles,
    status,
    emailVerified: emailVerifiedAt !== null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}
