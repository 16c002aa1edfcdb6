import type { Response } from 'express'

/** `__Host-`: a browser takes it only with Secure, Path=/ and no Domain, so no sibling host can plant it. */
const NAME = '__Host-refresh'

export function setRefreshCookie(res: Response, refreshToken: string): void {
  res.cookie(NAME, refreshToken, { secure: true, httpOnly: true, sameSite: 'strict', path: '/' })
}
