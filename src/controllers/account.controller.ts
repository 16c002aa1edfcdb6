import type { Response } from 'express'
import type { RequestFor } from '../http/route.ts'
import type { passwordChange, passwordProof } from '../schemas/account.schema.ts'
import { presentUser } from '../schemas/user.schema.ts'
import type { AccountService } from '../services/account.service.ts'

export type AccountController = ReturnType<typeof createAccountController>

type PasswordChangeRequest = RequestFor<{ access: 'signed-in'; body: typeof passwordChange }>
type RemovalRequest = RequestFor<{ access: 'signed-in'; body: typeof passwordProof }>

export function createAccountController(accounts: AccountService) {
  return { details, changePassword, remove }

  async function details({ caller }: RequestFor<{ access: 'signed-in' }>, res: Response): Promise<void> {
    res.json({ user: presentUser(await accounts.details(caller.sub)) })
  }

  async function changePassword({ caller, body, origin }: PasswordChangeRequest, res: Response): Promise<void> {
    await accounts.changePassword(caller, body, origin)
    res.status(204).end()
  }

  async function remove({ caller, body, origin }: RemovalRequest, res: Response): Promise<void> {
    await accounts.remove(caller, body.currentPassword, origin)
    res.status(204).end()
  }
}
