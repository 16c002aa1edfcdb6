import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { readDecisiveHeaders } from './decisive-headers.ts'
import { headLines } from './head-lines.ts'
import { PROBLEM_TYPE, problemBody, sendProblem } from './problem.ts'
import { requestId } from './request-context.ts'

/** What the log is told of a request that the application never sees. */
export interface UnseenRequestLog {
  request(line: { requestId: string; method: string; route: null; status: number; ms: number; userId: null }): void
}

/** A client that is sent its refusal has this long to close the connection; at once, a reset could overtake it. */
const LINGER_MS = 1_000

/** Keeps the order of answers on a connection, where a part of what comes cannot be parsed or must not be answered. */
export function createConnections(log: UnseenRequestLog) {
  const lastAnswers = new WeakMap<Socket, ServerResponse>()
  const refused = new WeakSet<Socket>()
  const upgrades = new WeakSet<IncomingMessage>()

  return { admit, ignoreUpgrade, refuse }

  /**
   * Whether a request is to be answered. What comes behind one whose answer closes the connection must not even be looked
   * at (RFC 9112 §9.6), but Node hands it out where both arrive at once.
   */
  function admit(req: IncomingMessage, res: ServerResponse): boolean {
    if (lastAnswers.get(req.socket)?.getHeader('connection') === 'close') return false
    lastAnswers.set(req.socket, res)
    if (upgrades.has(req)) res.setHeader('Connection', 'close')
    return true
  }

  /**
   * Tells Node that a request which offers another protocol is answered in this one. Its connection ends with the answer:
   * Node drops what comes right behind such a request, and could begin to read in the midst of the next.
   */
  function ignoreUpgrade(req: IncomingMessage): false {
    upgrades.add(req)
    return false
  }

  /**
   * Refuses what Node cannot parse or gave up waiting for, and closes the connection. It is called again with each piece
   * that comes still. `req` is there where at least the head could be parsed.
   */
  function refuse(socket: Socket, req?: IncomingMessage): void {
    if (refused.has(socket)) return
    refused.add(socket)
    const last = lastAnswers.get(socket)
    if (last && !last.req.complete) {
      refuseBody(last, socket)
      return
    }
    const id = requestId(req && readDecisiveHeaders(req.rawHeaders))
    log.request({ requestId: id, method: req?.method ?? '', route: null, status: 400, ms: 0, userId: null })
    whenClosed(last, () => writeRefusal(socket, id))
  }
}

/** The body of a request that is known already: what is written is its own answer, so it is neither cut nor given twice. */
function refuseBody(res: ServerResponse, socket: Socket): void {
  if (res.headersSent) {
    whenClosed(res, () => socket.destroy())
    return
  }
  res.setHeader('Connection', 'close')
  sendProblem(res, { code: 'invalid_request', requestId: res.req.context.id })
}

/** Answers come in the order of requests, so the last of a connection stands for all. */
function whenClosed(res: ServerResponse | undefined, act: () => void): void {
  if (res === undefined || res.closed) act()
  else res.once('close', act)
}

/** There is no request, so Node has nothing to answer with: this is written by hand, in the form of all others. */
function writeRefusal(socket: Socket, id: string): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(problemBody('invalid_request', id))
  const own = [
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
  ]
  socket.end(`HTTP/1.1 400 Bad Request\r\n${headLines(id).text}${own.join('\r\n')}\r\n\r\n${body}`)
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
