import type { Request, RequestHandler } from 'express'
import { DEVICE_COOKIE } from '../http/device-cookie.ts'
import { parseCookies, readCookie } from '../http/read-cookie.ts'

export function deviceCookie(): RequestHandler[] {
  return [
    parseCookies,
    (req: Request, _res, next) => {
      req.context.deviceCookie = readCookie(req, DEVICE_COOKIE)
      next()
    },
  ]
}
