import type { Response } from 'express'
import { HOST_COOKIE } from './host-cookie.ts'

export const REFRESH_COOKIE = '__Host-refresh'

export function setRefreshCookie(res: Response, refreshToken: string): void {
  res.cookie(REFRESH_COOKIE, refreshToken, HOST_COOKIE)
}

export function clearRefreshCookie(res: Response): void {
  res.clearCookie(REFRESH_COOKIE, HOST_COOKIE)
}
