import type { SessionController } from '../controllers/session.controller.ts'
import { type Route, route } from '../http/route.ts'
import { refreshBody, refreshed, sessionList, sessionParams } from '../schemas/session.schema.ts'

export function sessionRoutes(controller: SessionController): Route[] {
  const tokens = { tag: 'Registration and login', method: 'post', body: refreshBody, refreshCookie: true } as const
  const own = { tag: 'My account', access: 'signed-in', path: '/sessions' } as const
  return [
    route(
      {
        ...tokens,
        path: '/refresh',
        operationId: 'refresh',
        summary: 'Exchange a refresh token for its successor and a new access token',
        description:
          'The token comes in the body or in the cookie, and its successor goes back the same way. The one just replaced may come back for ten seconds, for two tabs that ask at once; an older one ends the session.',
        access: 'public',
        answers: { 200: { description: 'The next tokens of the session', body: refreshed, headers: ['Set-Cookie'] } },
        errors: ['invalid_refresh_token'],
      },
      controller.refresh,
    ),
    route(
      {
        ...tokens,
        path: '/logout',
        operationId: 'logout',
        summary: 'End the session of the bearer token, the refresh token or the cookie',
        description:
          'Its access tokens are refused at once. A refresh token that is unknown or over is 204 too; 401 where nothing names a session.',
        access: 'optional',
        answers: { 204: { description: 'It is over', headers: ['Set-Cookie'] } },
      },
      controller.logout,
    ),
    route(
      {
        ...own,
        method: 'get',
        operationId: 'listSessions',
        summary: 'List my open sessions, the last used first',
        description: '`current` is the session of this very request.',
        answers: { 200: { description: 'Each with its address and browser', body: sessionList } },
      },
      controller.list,
    ),
    route(
      {
        ...own,
        method: 'delete',
        operationId: 'endOtherSessions',
        summary: 'End all my sessions but the one in use',
        description: 'Their access tokens are refused at once.',
        answers: { 204: { description: 'They are over' } },
      },
      controller.endOthers,
    ),
    route(
      {
        ...own,
        method: 'delete',
        path: '/sessions/:id',
        operationId: 'endSession',
        summary: 'End one of my sessions',
        description: 'Also the one in use. The session of somebody else is 404.',
        params: sessionParams,
        answers: { 204: { description: 'It is over' } },
      },
      controller.end,
    ),
  ]
}
