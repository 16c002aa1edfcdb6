import type { Response } from 'express'
import { sendJson, sendNoContent } from '../http/answer.ts'
import type { RequestFor } from '../http/route.ts'
import { presentSessions } from '../schemas/session.schema.ts'
import {
  presentUser,
  presentUserPage,
  type userChange,
  type userParams,
  type userQuery,
} from '../schemas/user.schema.ts'
import type { UserService } from '../services/user.service.ts'

export type UserController = ReturnType<typeof createUserController>

type UserRequest = RequestFor<{ access: { role: string }; params: typeof userParams }>
type ChangeRequest = RequestFor<{ access: { role: string }; params: typeof userParams; body: typeof userChange }>

export function createUserController(users: UserService) {
  return { list, read, change, remove, sessions, endSessions }

  async function list({ query }: RequestFor<{ query: typeof userQuery }>, res: Response): Promise<void> {
    const { q: contains, role, status, limit, cursor } = query
    sendJson(res, 200, presentUserPage(await users.list({ contains, role, status }, limit, cursor ?? null)))
  }

  async function read({ params }: UserRequest, res: Response): Promise<void> {
    sendJson(res, 200, { user: presentUser(await users.find(params.id)) })
  }

  async function change({ params, body, origin }: ChangeRequest, res: Response): Promise<void> {
    sendJson(res, 200, { user: presentUser(await users.change(params.id, body, origin)) })
  }

  async function remove({ params, origin }: UserRequest, res: Response): Promise<void> {
    await users.remove(params.id, origin)
    sendNoContent(res)
  }

  async function sessions({ params, caller }: UserRequest, res: Response): Promise<void> {
    sendJson(res, 200, presentSessions(await users.sessionsOf(params.id), caller.sid))
  }

  async function endSessions({ params, origin }: UserRequest, res: Response): Promise<void> {
    await users.endSessions(params.id, origin)
    sendNoContent(res)
  }
}
