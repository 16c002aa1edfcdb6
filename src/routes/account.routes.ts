import type { AccountController } from '../controllers/account.controller.ts'
import { type Route, route } from '../http/route.ts'
import { accountChange, passwordChange, passwordProof } from '../schemas/account.schema.ts'
import { accountExport } from '../schemas/account-export.schema.ts'
import { userAnswer } from '../schemas/user.schema.ts'

export function accountRoutes(controller: AccountController): Route[] {
  const account = { path: '/userdetails', tag: 'What is restricted', access: 'signed-in' } as const
  const answers = { 200: { description: 'The account of the caller', body: userAnswer } }
  return [
    route({ ...account, method: 'get', summary: 'Read my account', answers }, controller.details),
    route(
      { ...account, method: 'post', summary: 'Read my account, for a `fetch` with POST and no body', answers },
      controller.details,
    ),
    route(
      {
        ...account,
        method: 'get',
        path: '/userdetails/export',
        summary: 'Download everything that is kept about me',
        answers: { 200: { description: 'One JSON file', body: accountExport } },
      },
      controller.download,
    ),
    route(
      {
        ...account,
        method: 'patch',
        summary: 'Change my name or my email; a new email needs the password',
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
        summary: 'Change my password; every other session ends',
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
        summary: 'Delete my account',
        body: passwordProof,
        answers: { 204: { description: 'The account, its sessions and roles are gone' } },
        errors: ['last_admin', 'overloaded'],
      },
      controller.remove,
    ),
  ]
}
