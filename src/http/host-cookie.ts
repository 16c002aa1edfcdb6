import type { CookieOptions } from 'express'

/**
 * What a cookie whose name begins with `__Host-` needs: a browser takes it only with Secure, Path=/ and no Domain, so no
 * sibling host can plant it. No script reads it, and no other site sends it.
 */
export const HOST_COOKIE: CookieOptions = { secure: true, httpOnly: true, sameSite: 'strict', path: '/' }
