import type { Response } from 'express'
import { AppError } from '../errors/app-error.ts'
import { sendJson, sendNoContent } from '../http/answer.ts'
import { clearRefreshCookie, setRefreshCookie } from '../http/refresh-cookie.ts'
import type { RequestFor } from '../http/route.ts'
import { presentRefreshed, presentSessions, type refreshBody, type sessionParams } from '../schemas/session.schema.ts'
import type { SessionService } from '../services/session.service.ts'

export type SessionController = ReturnType<typeof createSessionController>

type RefreshRequest = RequestFor<{ body: typeof refreshBody }>
type LogoutRequest = RequestFor<{ access: 'optional'; body: typeof refreshBody }>
type OwnSessionRequest = RequestFor<{ access: 'signed-in'; params: typeof sessionParams }>

export function createSessionController(sessions: SessionService) {
  return { refresh, logout, list, end, endOthers }

  /** The token in the body comes first; the successor goes back the way that the token came. */
  async function refresh({ body, refreshCookie, origin }: RefreshRequest, res: Response): Promise<void> {
    const token = body.refreshToken ?? refreshCookie
    if (token === null) throw new AppError('invalid_refresh_token')
    const tokens = await sessions.refresh(token, origin)
    const withCookie = body.refreshToken === undefined
    if (withCookie) setRefreshCookie(res, tokens.refreshToken)
    sendJson(res, 200, presentRefreshed(tokens, { withRefreshToken: !withCookie }))
  }

  async function logout({ caller, refusal, body, refreshCookie, origin }: LogoutRequest, res: Response): Promise<void> {
    const refreshTokens = [body.refreshToken, refreshCookie].filter((token) => typeof token === 'string')
    await sessions.logout({ caller, refusal, refreshTokens }, origin)
    if (refreshCookie !== null) clearRefreshCookie(res)
    sendNoContent(res)
  }

  async function list({ caller }: RequestFor<{ access: 'signed-in' }>, res: Response): Promise<void> {
    sendJson(res, 200, presentSessions(await sessions.list(caller.sub), caller.sid))
  }

  async function end({ caller, params, origin }: OwnSessionRequest, res: Response): Promise<void> {
    await sessions.end(caller.sub, params.id, origin)
    sendNoContent(res)
  }

  async function endOthers({ caller, origin }: RequestFor<{ access: 'signed-in' }>, res: Response): Promise<void> {
    await sessions.endAll(caller.sub, caller.sid, origin)
    sendNoContent(res)
  }
}
