import type { Response } from 'express'
import { beginAnswer, sendJson, sendNoContent } from '../http/answer.ts'
import type { RequestFor } from '../http/route.ts'
import { sendChunks } from '../http/send-chunks.ts'
import type { accountChange, passwordChange, passwordProof } from '../schemas/account.schema.ts'
import { presentAccountExport } from '../schemas/account-export.schema.ts'
import { presentUser } from '../schemas/user.schema.ts'
import type { AccountService } from '../services/account.service.ts'
import type { AccountExportService } from '../services/account-export.service.ts'

export type AccountController = ReturnType<typeof createAccountController>

type ChangeRequest = RequestFor<{ access: 'signed-in'; body: typeof accountChange }>
type PasswordChangeRequest = RequestFor<{ access: 'signed-in'; body: typeof passwordChange }>
type RemovalRequest = RequestFor<{ access: 'signed-in'; body: typeof passwordProof }>

export function createAccountController(accounts: AccountService, exports: AccountExportService) {
  return { details, change, changePassword, remove, download }

  async function details({ caller }: RequestFor<{ access: 'signed-in' }>, res: Response): Promise<void> {
    sendJson(res, 200, { user: presentUser(await accounts.details(caller.sub)) })
  }

  async function change({ caller, body, origin }: ChangeRequest, res: Response): Promise<void> {
    sendJson(res, 200, { user: presentUser(await accounts.change(caller, body, origin)) })
  }

  async function changePassword({ caller, body, origin }: PasswordChangeRequest, res: Response): Promise<void> {
    await accounts.changePassword(caller, body, origin)
    sendNoContent(res)
  }

  async function remove({ caller, body, origin }: RemovalRequest, res: Response): Promise<void> {
    await accounts.remove(caller, body.currentPassword, origin)
    sendNoContent(res)
  }

  async function download({ caller }: RequestFor<{ access: 'signed-in' }>, res: Response): Promise<void> {
    const kept = await exports.collect(caller.sub)
    beginAnswer(res)
    res.attachment('gatehouse-account.json').type('json')
    await sendChunks(res, presentAccountExport(kept))
  }
}
