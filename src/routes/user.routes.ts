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
        summary: 'List accounts, newest first',
        query: userQuery,
        answers: { 200: { description: 'One page of accounts', body: userPage } },
      },
      controller.list,
    ),
    route(
      {
        ...user,
        method: 'get',
        summary: 'Read an account',
        answers: { 200: { description: 'The account', body: userAnswer } },
      },
      controller.read,
    ),
    route(
      {
        ...user,
        method: 'patch',
        summary: 'Change the name or the status; disabling ends every session',
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
        summary: 'Delete an account',
        answers: { 204: { description: 'The account, its sessions and roles are gone' } },
        errors: ['last_admin'],
      },
      controller.remove,
    ),
    route(
      {
        ...sessions,
        method: 'get',
        summary: 'List the open sessions of a user, the last used first',
        answers: { 200: { description: 'Each with its address and browser', body: sessionList } },
      },
      controller.sessions,
    ),
    route(
      {
        ...sessions,
        method: 'delete',
        summary: 'End all sessions of a user',
        answers: { 204: { description: 'They are over' } },
      },
      controller.endSessions,
    ),
  ]
}
