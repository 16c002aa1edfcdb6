import type { Response } from 'express'
import type { RequestFor } from '../http/route.ts'
import { presentUser } from '../schemas/user.schema.ts'
import type { UserService } from '../services/user.service.ts'

export type UserController = ReturnType<typeof createUserController>

export function createUserController(users: UserService) {
  return { details }

  async function details({ caller }: RequestFor<{ access: 'signed-in' }>, res: Response): Promise<void> {
    res.json({ user: presentUser(await users.details(caller.sub)) })
  }
}
