import { z } from 'zod'
import type { Role } from '../repositories/role.repository.ts'
import { instant, text, uuid } from './fields.ts'

export const role = z
  .object({
    name: z.string().meta({ example: 'editor' }),
    description: z.string().nullable().meta({ example: 'May change what others wrote' }),
    builtin: z.boolean().meta({ description: 'Whether the service itself needs it as it is.', example: false }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Role', description: 'What a user may have, by its name.' })

const roleName = text(1, 64).meta({ description: 'The name of the role.', example: 'editor' })
const description = z
  .string('must be a string')
  .transform((text) => text.trim())
  .pipe(text(0, 500))
  .nullable()
  .meta({ description: 'What it is for; up to 500 characters.', example: 'May change what others wrote' })

export const roleParams = z.strictObject({ name: roleName })
export const newRole = z.strictObject({
  name: roleName
    .regex(/^[a-z][a-z0-9_-]*$/, 'must begin with a letter and hold only small letters a to z, digits, _ and -')
    .meta({ description: 'Never changes.', example: 'editor' }),
  description: description.optional(),
})
export const roleChange = z.strictObject({ description: description.optional() })

export const roleList = z.object({ items: z.array(role) })
export const userRoles = z.object({ roles: z.array(z.string()).meta({ example: ['user', 'editor'] }) })

export const userRoleParams = z.strictObject({ id: uuid, role: roleName })

export function presentRole({ name, description, builtin, createdAt, updatedAt }: Role): z.input<typeof role> {
  return {
    name,
    description,
    builtin,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}
