import { isUtf8 } from 'node:buffer'
import { MIMEType } from 'node:util'
import bodyParser from 'body-parser'
import type { NextFunction, Request, Response } from 'express'
import createHttpError from 'http-errors'
import { AppError } from '../errors/app-error.ts'

/** The largest body that is read. A password of 1,000 characters and a long name fit many times. */
const LIMIT_BYTES = 16 * 1024

const parseJson = bodyParser.json({
  limit: LIMIT_BYTES,
  inflate: false,
  type: () => true,
  verify(_req, _res, bytes) {
    // Decoding would replace bad bytes by U+FFFD, and two different passwords would become one.
    if (!isUtf8(bytes)) throw createHttpError(400)
  },
})

/**
 * Reads a JSON body into `req.body`, an empty object where none was sent. Refuses in the contract's order: size (413),
 * media type (415), then what is not JSON (400). Runs behind the access check, so that nobody without rights learns
 * anything from a body.
 */
export function readBody(req: Request, res: Response, next: NextFunction): void {
  if (!hasBody(req)) {
    req.body = {}
    next()
    return
  }
  if (Number(req.headers['content-length']) > LIMIT_BYTES) throw new AppError('payload_too_large')
  if (!isJson(req.headers['content-type'])) throw new AppError('unsupported_media_type')
  parseJson(req, res, next)
}

/** RFC 9112 §6: a message has a body when either header says so. */
function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function isJson(contentType: string | undefined): boolean {
  try {
    const { essence, params } = new MIMEType(contentType ?? '')
    return essence === 'application/json' && (params.get('charset') ?? 'utf-8').toLowerCase() === 'utf-8'
  } catch {
    return false
  }
}
