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
        operationId: 'listRoles',
        summary: 'List all roles',
        description: '`admin` and `user` are built in.',
        answers: { 200: { description: 'All roles', body: roleList } },
      },
      controller.list,
    ),
    route(
      {
        ...administration,
        method: 'post',
        path: '/roles',
        operationId: 'createRole',
        summary: 'Make a role',
        description: 'What it allows is up to the services that ask `/verify?role=…` or read the token.',
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
        operationId: 'updateRole',
        summary: 'Describe a role',
        description: 'Its name never changes. A built-in role stays as it is.',
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
        operationId: 'deleteRole',
        summary: 'Delete a role; whoever has it loses it at once',
        description: 'On every node, within 100 ms. A built-in role cannot be deleted.',
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
        operationId: 'listUserRoles',
        summary: 'List the roles of a user',
        description: 'As they count now.',
        params: userParams,
        answers: { 200: { description: 'The names of the roles', body: userRoles } },
      },
      controller.rolesOf,
    ),
    route(
      {
        ...userRole,
        method: 'put',
        operationId: 'grantRole',
        summary: 'Grant a role to a user',
        description: 'Counts at once, also for tokens that are out. Granting it again is 204 too.',
        answers: { 204: { description: 'The user has the role' } },
        errors: ['too_many_roles'],
      },
      controller.grant,
    ),
    route(
      {
        ...userRole,
        method: 'delete',
        operationId: 'revokeRole',
        summary: 'Take a role from a user',
        description:
          'Counts at once, also for tokens that are out. Taking what is not there is 204 too; the last active administrator stays one.',
        answers: { 204: { description: 'The user does not have the role' } },
        errors: ['last_admin'],
      },
      controller.take,
    ),
  ]
}
