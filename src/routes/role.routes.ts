import type { RoleController } from '../controllers/role.controller.ts'
import { type Route, route } from '../http/route.ts'
import { roleList, userRoleParams, userRoles } from '../schemas/role.schema.ts'
import { userParams } from '../schemas/user.schema.ts'

export function roleRoutes(controller: RoleController): Route[] {
  const administration = { tag: 'Administration', access: { role: 'admin' } } as const
  const userRole = { ...administration, path: '/users/:id/roles/:role', params: userRoleParams } as const
  return [
    route(
      {
        ...administration,
        method: 'get',
        path: '/roles',
        summary: 'List all roles',
        answers: { 200: { description: 'All roles', body: roleList } },
      },
      controller.list,
    ),
    route(
      {
        ...administration,
        method: 'get',
        path: '/users/:id/roles',
        summary: 'List the roles of a user',
        params: userParams,
        answers: { 200: { description: 'The names of the roles', body: userRoles } },
      },
      controller.rolesOf,
    ),
    route(
      {
        ...userRole,
        method: 'put',
        summary: 'Grant a role to a user',
        answers: { 204: { description: 'The user has the role' } },
      },
      controller.grant,
    ),
    route(
      {
        ...userRole,
        method: 'delete',
        summary: 'Take a role from a user',
        answers: { 204: { description: 'The user does not have the role' } },
        errors: ['last_admin'],
      },
      controller.take,
    ),
  ]
}
