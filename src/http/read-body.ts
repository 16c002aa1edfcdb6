import { MIMEType, promisify } from 'node:util'
import bodyParser from 'body-parser'
import type { NextFunction, Request, Response } from 'express'
import { AppError } from '../errors/app-error.ts'
import { parseJson } from './parse-json.ts'

/** The largest body that is read. A password of 1,000 characters and a long name fit many times. */
const LIMIT_BYTES = 16 * 1024

/** Into `req.body`. */
const readBytes = promisify(bodyParser.raw({ limit: LIMIT_BYTES, inflate: false, type: () => true }))

/**
 * Reads a JSON body into `req.body`, an empty object where none was sent. Refuses in the contract's order: size (413),
 * media type (415), then what is not JSON (400). Runs behind the access check, so that nobody without rights learns
 * anything from a body.
 */
export function readBody(req: Request, res: Response, next: NextFunction): Promise<void> | void {
  if (hasBody(req)) return readJson(req, res).then(take)
  take({})

  function take(body: unknown): void {
    req.body = body
    next()
  }
}

async function readJson(req: Request, res: Response): Promise<unknown> {
  if (Number(req.context.headers['content-length']) > LIMIT_BYTES) throw new AppError('payload_too_large')
  if (!isJson(req.context.headers['content-type'])) throw new AppError('unsupported_media_type')
  await Promise.race([readBytes(req, res), tooLarge(req)])
  const bytes: Buffer = req.body
  // Chunks can turn out to hold nothing.
  return bytes.length === 0 ? {} : parseJson(bytes)
}

/** Rejects as soon as the body is too large. body-parser would read it to its end first, which may never come. */
function tooLarge(req: Request): Promise<never> {
  return new Promise((_resolve, reject) => {
    let bytes = 0
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > LIMIT_BYTES) reject(new AppError('payload_too_large'))
    })
  })
}

/** RFC 9112 §6: a message has a body when either header says so. */
function hasBody({ context: { headers } }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function isJson(contentType = ''): boolean {
  try {
    const { essence, params } = new MIMEType(contentType)
    return essence === 'application/json' && isUtf8(contentType, params.get('charset'))
  } catch {
    return false
  }
}

/** Where a charset is named, then once: of two, another reader may take the other. */
function isUtf8(contentType: string, charset: string | null): boolean {
  const named = contentType.match(/charset/gi)?.length ?? 0
  return named === 0 || (named === 1 && charset?.toLowerCase() === 'utf-8')
}
