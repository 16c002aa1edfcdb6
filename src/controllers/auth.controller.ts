import type { Response } from 'express'
import { sendJson } from '../http/answer.ts'
import { setDeviceCookie } from '../http/device-cookie.ts'
import { setRefreshCookie } from '../http/refresh-cookie.ts'
import type { RequestFor } from '../http/route.ts'
import { type credentials, presentSignedIn, type registration } from '../schemas/auth.schema.ts'
import type { AuthService } from '../services/auth.service.ts'

export type AuthController = ReturnType<typeof createAuthController>

type RegisterRequest = RequestFor<{ body: typeof registration }>
type LoginRequest = RequestFor<{ body: typeof credentials }>

export function createAuthController(auth: AuthService) {
  return { register, login }

  async function register({ body, origin, refreshCookie }: RegisterRequest, res: Response): Promise<void> {
    const tokens = await auth.register(body, origin, body.cookie ? refreshCookie : null)
    if (body.cookie) setRefreshCookie(res, tokens.refreshToken)
    setDeviceCookie(res, tokens.device)
    sendJson(res, 201, presentSignedIn('Registration successful', tokens, { withRefreshToken: !body.cookie }))
  }

  async function login({ body, origin, deviceCookie, refreshCookie }: LoginRequest, res: Response): Promise<void> {
    const replacedToken = body.cookie ? refreshCookie : null
    const tokens = await auth.login(body, origin, { deviceToken: deviceCookie, replacedToken })
    if (body.cookie) setRefreshCookie(res, tokens.refreshToken)
    setDeviceCookie(res, tokens.device)
    sendJson(res, 200, presentSignedIn('Login successful', tokens, { withRefreshToken: !body.cookie }))
  }
}
