import type { SessionController } from '../controllers/session.controller.ts'
import { type Route, route } from '../http/route.ts'
import { refreshBody, refreshed, sessionList, sessionParams } from '../schemas/session.schema.ts'

export function sessionRoutes(controller: SessionController): Route[] {
  const tokens = { tag: 'Registration and login', method: 'post', body: refreshBody, refreshCookie: true } as const
  const own = { tag: 'What is restricted', access: 'signed-in', path: '/sessions' } as const
  return [
    route(
      {
        ...tokens,
        path: '/refresh',
        summary: 'Exchange a refresh token for its successor and a new access token',
        access: 'public',
        answers: { 200: { description: 'The next tokens of the session', body: refreshed } },
        errors: ['invalid_refresh_token'],
      },
      controller.refresh,
    ),
    route(
      {
        ...tokens,
        path: '/logout',
        summary: 'End the session of the bearer token, the refresh token or the cookie',
        access: 'optional',
        answers: { 204: { description: 'It is over' } },
      },
      controller.logout,
    ),
    route(
      {
        ...own,
        method: 'get',
        summary: 'List my open sessions, the last used first',
        answers: { 200: { description: 'Each with its address and browser', body: sessionList } },
      },
      controller.list,
    ),
    route(
      {
        ...own,
        method: 'delete',
        summary: 'End all my sessions but the one in use',
        answers: { 204: { description: 'They are over' } },
      },
      controller.endOthers,
    ),
    route(
      {
        ...own,
        method: 'delete',
        path: '/sessions/:id',
        summary: 'End one of my sessions',
        params: sessionParams,
        answers: { 204: { description: 'It is over' } },
      },
      controller.end,
    ),
  ]
}
