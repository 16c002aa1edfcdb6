import { z } from 'zod'
import type { Role } from '../repositories/role.repository.ts'
import { instant, text, uuid } from './fields.ts'

export const role = z
  .object({
    name: z.string(),
    description: z.string().nullable(),
    builtin: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Role' })

const roleName = text(1, 64)
const description = z
  .string('must be a string')
  .transform((text) => text.trim())
  .pipe(text(0, 500))
  .nullable()

export const roleParams = z.strictObject({ name: roleName })
export const newRole = z.strictObject({
  name: roleName.regex(
    /^[a-z][a-z0-9_-]*$/,
    'must begin with a letter and hold only small letters a to z, digits, _ and -',
  ),
  description: description.optional(),
})
export const roleChange = z.strictObject({ description: description.optional() })

export const roleList = z.object({ items: z.array(role) })
export const userRoles = z.object({ roles: z.array(z.string()) })

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
