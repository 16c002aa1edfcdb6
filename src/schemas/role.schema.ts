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

export const roleList = z.object({ items: z.array(role) })
export const userRoles = z.object({ roles: z.array(z.string()) })

export const userRoleParams = z.strictObject({ id: uuid, role: text(1, 64) })

export function presentRole({ name, description, builtin, createdAt, updatedAt }: Role): z.input<typeof role> {
  return {
    name,
    description,
    builtin,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}
