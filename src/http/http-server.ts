import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { readDecisiveHeaders } from './decisive-headers.ts'
import { problemBody, sendProblem } from './problem.ts'
import { requestId } from './request-context.ts'

/** Slow clients are cut after this long, and whoever is under way at a stop has this long to finish. */
const HEADERS_MS = 10_000
const REQUEST_MS = 15_000
const DRAIN_MS = 10_000

/**
 * Listens at once, and answers 503 until `serve` is given the application: so a port that is taken shows before
 * anything else is started, and port 0 is known when the rest is wired.
 */
export async function listen(port: number, host: string) {
  let application: RequestListener = answerStarting
  const answer: RequestListener = (req, res) => application(req, res)
  // Node's own answers to a missing Host and an unknown Expect have no body: both are refused with all that is unreadable.
  const options = { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, requireHostHeader: false }
  const server = createServer(options, answer).on('checkExpectation', answer)
  server.on('clientError', (_error, socket) => refuseUnparsable(socket))
  server.on('connect', (_req, socket) => refuseUnparsable(socket))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return { port: (server.address() as AddressInfo).port, serve, close }

  function serve(listener: RequestListener): void {
    application = listener
  }

  /** Accepts nobody new, lets what is under way finish, cuts what takes longer than 10 s. */
  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    await closed
    clearInterval(idle)
    clearTimeout(cut)
  }
}

function answerStarting(req: IncomingMessage, res: ServerResponse): void {
  const id = requestId(readDecisiveHeaders(req.rawHeaders))
  res.setHeader('X-Request-Id', id)
  res.setHeader('Cache-Control', 'no-store')
  sendProblem(res, { code: 'unavailable', requestId: id })
}

/** What Node cannot parse, or a CONNECT, never becomes a request: the answer is written by hand, in the form of all others. */
function refuseUnparsable(socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const id = requestId()
  const body = JSON.stringify(problemBody('invalid_request', id))
  socket.end(
    [
      'HTTP/1.1 400 Bad Request',
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      `X-Request-Id: ${id}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
