import type { UserController } from '../controllers/user.controller.ts'
import { type Route, route } from '../http/route.ts'
import { sessionList } from '../schemas/session.schema.ts'
import { userAnswer, userChange, userPage, userParams, userQuery } from '../schemas/user.schema.ts'

export function userRoutes(controller: UserController): Route[] {
  const user = { path: '/users/:id', tag: 'Administration', access: { role: 'admin' }, params: userParams } as const
  const sessions = { ...user, path: '/users/:id/sessions' } as const
  return [
    route(
      {
        method: 'get',
        path: '/users',
        tag: 'Administration',
        access: { role: 'admin' },
        operationId: 'listUsers',
        summary: 'List accounts, newest first',
        description: 'Page by page: `nextCursor` is the `cursor` of the next. All filters given have to fit.',
        query: userQuery,
        answers: { 200: { description: 'One page of accounts', body: userPage } },
      },
      controller.list,
    ),
    route(
      {
        ...user,
        method: 'get',
        operationId: 'getUser',
        summary: 'Read an account',
        description: 'With its roles and its status, as they count now.',
        answers: { 200: { description: 'The account', body: userAnswer } },
      },
      controller.read,
    ),
    route(
      {
        ...user,
        method: 'patch',
        operationId: 'updateUser',
        summary: 'Change the name or the status; disabling ends every session',
        description: 'What is left out stays as it is. Enabling brings no session back.',
        body: userChange,
        answers: { 200: { description: 'The account as it is now', body: userAnswer } },
        errors: ['last_admin'],
      },
      controller.change,
    ),
    route(
      {
        ...user,
        method: 'delete',
        operationId: 'deleteUser',
        summary: 'Delete an account',
        description: 'For good. The last active administrator stays.',
        answers: { 204: { description: 'The account, its sessions and roles are gone' } },
        errors: ['last_admin'],
      },
      controller.remove,
    ),
    route(
      {
        ...sessions,
        method: 'get',
        operationId: 'listUserSessions',
        summary: 'List the open sessions of a user, the last used first',
        description: '`current` is true only where it is the session of this very request.',
        answers: { 200: { description: 'Each with its address and browser', body: sessionList } },
      },
      controller.sessions,
    ),
    route(
      {
        ...sessions,
        method: 'delete',
        operationId: 'endUserSessions',
        summary: 'End all sessions of a user',
        description: 'Their access tokens are refused at once. The user may log in again.',
        answers: { 204: { description: 'They are over' } },
      },
      controller.endSessions,
    ),
  ]
}
