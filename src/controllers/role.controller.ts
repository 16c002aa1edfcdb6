import type { Response } from 'express'
import { sendJson, sendNoContent } from '../http/answer.ts'
import type { RequestFor } from '../http/route.ts'
import {
  type newRole,
  presentRole,
  type roleChange,
  type roleParams,
  type userRoleParams,
} from '../schemas/role.schema.ts'
import type { userParams } from '../schemas/user.schema.ts'
import type { RoleService } from '../services/role.service.ts'

export type RoleController = ReturnType<typeof createRoleController>

type ChangeRequest = RequestFor<{ params: typeof roleParams; body: typeof roleChange }>
type UserRoleRequest = RequestFor<{ access: { role: string }; params: typeof userRoleParams }>

export function createRoleController(service: RoleService) {
  return { list, create, change, remove, rolesOf, grant, take }

  async function list(_request: unknown, res: Response): Promise<void> {
    sendJson(res, 200, { items: (await service.list()).map(presentRole) })
  }

  async function create({ body, origin }: RequestFor<{ body: typeof newRole }>, res: Response): Promise<void> {
    const { name, description = null } = body
    sendJson(res, 201, presentRole(await service.create({ name, description }, origin)))
  }

  async function change({ params, body, origin }: ChangeRequest, res: Response): Promise<void> {
    sendJson(res, 200, presentRole(await service.change(params.name, body, origin)))
  }

  async function remove({ params, origin }: RequestFor<{ params: typeof roleParams }>, res: Response): Promise<void> {
    await service.remove(params.name, origin)
    sendNoContent(res)
  }

  async function rolesOf({ params }: RequestFor<{ params: typeof userParams }>, res: Response): Promise<void> {
    sendJson(res, 200, { roles: await service.rolesOf(params.id) })
  }

  async function grant({ params, origin }: UserRoleRequest, res: Response): Promise<void> {
    await service.grant(params.id, params.role, origin)
    sendNoContent(res)
  }

  async function take({ params, origin }: UserRoleRequest, res: Response): Promise<void> {
    await service.take(params.id, params.role, origin)
    sendNoContent(res)
  }
}
