import type { RoleController } from '../controllers/role.controller.ts'
import { type Route, route } from '../http/route.ts'
import { newRole, role, roleChange, roleList, roleParams, userRoleParams, userRoles } from '../schemas/role.schema.ts'
import { userParams } from '../schemas/user.schema.ts'

export function roleRoutes(controller: RoleController): Route[] {
  const administration = { tag: 'Administration', access: { role: 'admin' } } as const
  const oneRole = { ...administration, path: '/roles/:name', params: roleParams } as const
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
        method: 'post',
        path: '/roles',
        summary: 'Make a role',
        body: newRole,
        answers: { 201: { description: 'The role', body: role } },
        errors: ['role_taken'],
      },
      controller.create,
    ),
    route(
      {
        ...oneRole,
        method: 'patch',
        summary: 'Describe a role',
        body: roleChange,
        answers: { 200: { description: 'The role as it is now', body: role } },
        errors: ['role_builtin'],
      },
      controller.change,
    ),
    route(
      {
        ...oneRole,
        method: 'delete',
        summary: 'Delete a role; whoever has it loses it at once',
        answers: { 204: { description: 'There is no such role' } },
        errors: ['role_builtin'],
      },
      controller.remove,
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
        errors: ['too_many_roles'],
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
