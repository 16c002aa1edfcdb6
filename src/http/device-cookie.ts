import type { CookieOptions, Response } from 'express'
import type { DeviceToken } from '../services/device.service.ts'

/** Shows at a login that somebody has logged in here before. It opens nothing. */
export const DEVICE_COOKIE = '__Host-device'

const ATTRIBUTES: CookieOptions = { secure: true, httpOnly: true, sameSite: 'strict', path: '/' }

export function setDeviceCookie(res: Response, { token, expiresInSeconds }: DeviceToken): void {
  res.cookie(DEVICE_COOKIE, token, { ...ATTRIBUTES, maxAge: expiresInSeconds * 1000 })
}
