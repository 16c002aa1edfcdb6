import type { AccountController } from '../controllers/account.controller.ts'
import { type Route, route } from '../http/route.ts'
import { accountChange, passwordChange, passwordProof } from '../schemas/account.schema.ts'
import { accountExport } from '../schemas/account-export.schema.ts'
import { userAnswer } from '../schemas/user.schema.ts'

export function accountRoutes(controller: AccountController): Route[] {
  const account = { path: '/userdetails', tag: 'My account', access: 'signed-in' } as const
  const answers = { 200: { description: 'The account of the caller', body: userAnswer } }
  return [
    route(
      {
        ...account,
        method: 'get',
        operationId: 'getAccount',
        summary: 'Read my account',
        description: 'Whose access token it is, with the roles that count now.',
        answers,
      },
      controller.details,
    ),
    route(
      {
        ...account,
        method: 'post',
        operationId: 'getAccountByPost',
        summary: 'Read my account, for a `fetch` with POST and no body',
        description: 'The same as `GET /userdetails`.',
        answers,
      },
      controller.details,
    ),
    route(
      {
        ...account,
        method: 'get',
        path: '/userdetails/export',
        operationId: 'exportAccount',
        summary: 'Download everything that is kept about me',
        description: 'The account, its roles and sessions, and what the audit trail says of it and of what I did.',
        answers: { 200: { description: 'One JSON file', body: accountExport, headers: ['Content-Disposition'] } },
      },
      controller.download,
    ),
    route(
      {
        ...account,
        method: 'patch',
        operationId: 'updateAccount',
        summary: 'Change my name or my email; a new email needs the password',
        description:
          'What is left out stays as it is. A new email comes with `currentPassword`; a wrong one is 400 with the pointer `/currentPassword`.',
        body: accountChange,
        answers: { 200: { description: 'The account as it is now', body: userAnswer } },
        errors: ['email_taken', 'overloaded'],
      },
      controller.change,
    ),
    route(
      {
        ...account,
        method: 'put',
        path: '/userdetails/password',
        operationId: 'changePassword',
        summary: 'Change my password; every other session ends',
        description: 'The new one has to be strong enough: 400 with the pointer `/newPassword` says why it is not.',
        body: passwordChange,
        answers: { 204: { description: 'The new password counts' } },
        errors: ['overloaded'],
      },
      controller.changePassword,
    ),
    route(
      {
        ...account,
        method: 'delete',
        operationId: 'deleteAccount',
        summary: 'Delete my account',
        description: 'For good, and with the password. The last active administrator cannot do it.',
        body: passwordProof,
        answers: { 204: { description: 'The account, its sessions and roles are gone' } },
        errors: ['last_admin', 'overloaded'],
      },
      controller.remove,
    ),
  ]
}
