import type { CookieOptions, Response } from 'express'

/** `__Host-`: a browser takes it only with Secure, Path=/ and no Domain, so no sibling host can plant it. */
export const REFRESH_COOKIE = '__Host-refresh'

const ATTRIBUTES: CookieOptions = { secure: true, httpOnly: true, sameSite: 'strict', path: '/' }

export function setRefreshCookie(res: Response, refreshToken: string): void {
  res.cookie(REFRESH_COOKIE, refreshToken, ATTRIBUTES)
}

export function clearRefreshCookie(res: Response): void {
  res.clearCookie(REFRESH_COOKIE, ATTRIBUTES)
}
