import type { RequestHandler } from 'express'
import { writeSecurityHeaders } from '../http/security-headers.ts'

export function securityHeaders(): RequestHandler {
  return (_req, res, next) => {
    writeSecurityHeaders(res)
    next()
  }
}
