import type { Response } from 'express'
import type { DeviceToken } from '../services/device.service.ts'
import { HOST_COOKIE } from './host-cookie.ts'

/** Shows at a login that somebody has logged in here before. It opens nothing. */
export const DEVICE_COOKIE = '__Host-device'

export function setDeviceCookie(res: Response, { token, expiresInSeconds }: DeviceToken): void {
  res.cookie(DEVICE_COOKIE, token, { ...HOST_COOKIE, maxAge: expiresInSeconds * 1000 })
}
