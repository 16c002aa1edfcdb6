import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Answer } from './answer.ts'
import { createConnections, type UnseenRequestLog } from './connections.ts'
import { readDecisiveHeaders } from './decisive-headers.ts'
import { sendProblem } from './problem.ts'
import { requestId } from './request-context.ts'

/** Whoever is under way at a stop has this long to finish. */
const DRAIN_MS = 10_000

/** A turn of the event loop without anything to do is shorter, and one comes within this time on all but a full machine. */
const QUIET_TURN_MS = 0.05
const QUIET_WITHIN_MS = 1_000

/**
 * A client that takes nothing of its answer is cut after this long, or twice as long where some of it still fitted into
 * buffers on the way. Not the length of a pause between two requests, see `onSilence`.
 */
const STALLED_MS = 6_500

const OPTIONS: ServerOptions<typeof IncomingMessage, typeof Answer> = {
  // A slow client is cut within 15 s, however it is slow.
  headersTimeout: 8_000,
  requestTimeout: 12_000,
  keepAliveTimeout: 5_000,
  // How often Node looks for who is over time: by itself each 30 s only.
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
  // Node's own answers to a missing Host and an unknown Expect have no body: both are refused with all that is unreadable.
  requireHostHeader: false,
  // No stream is set up for the body of a request that has none.
  optimizeEmptyRequests: true,
  ServerResponse: Answer,
}

/** What the parser says; everything else that happens to a connection is that its client has left. */
const UNPARSABLE = /^(?:HPE_|ERR_HTTP_REQUEST_TIMEOUT$)/

/**
 * Answers 503 until `serve` is given the application, so that it can listen before the rest is wired. What the
 * application never sees goes to `log`.
 */
export function createHttpServer(log: UnseenRequestLog) {
  const connections = createConnections(log)
  let application: RequestListener = answerStarting
  let isLeaving = false
  const answer: RequestListener = (req, res) => {
    if (!connections.admit(req, res)) return
    if (isLeaving) res.setHeader('Connection', 'close')
    application(req, res)
  }
  const options = { ...OPTIONS, shouldUpgradeCallback: connections.ignoreUpgrade }
  const server = createServer(options, answer).on('checkExpectation', answer)
  server.setTimeout(STALLED_MS, onSilence)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (UNPARSABLE.test(error.code ?? '')) connections.refuse(socket)
    else socket.destroy()
  })
  server.on('connect', (req) => connections.refuse(req.socket, req))

  return { listen, serve, leave, close }

  /** Gives the port, which for 0 is a free one. */
  async function listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
    return (server.address() as AddressInfo).port
  }

  function serve(listener: RequestListener): void {
    application = listener
  }

  /** From now on each answer ends its connection, so that its client opens the next one elsewhere. */
  function leave(): void {
    isLeaving = true
  }

  /**
   * Accepts nobody new, lets what is under way finish, cuts what takes longer than 10 s. A connection without a request
   * is left to its timeout, which its client was told: closed now, it could meet a request that is on its way already.
   * `atOnce` is for somebody who waits for the end.
   */
  async function close({ atOnce = false } = {}): Promise<void> {
    leave()
    await quietMoment()
    const closed = new Promise<void>((resolve) => {
      // Not that of node:http, which closes what seems to be idle.
      NetServer.prototype.close.call(server, () => resolve())
    })
    const idle = atOnce ? setInterval(() => server.closeIdleConnections(), 50) : undefined
    if (atOnce) server.closeIdleConnections()
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    await closed
    clearInterval(idle)
    clearTimeout(cut)
    // All that is left to it is a timer.
    server.close()
  }

  function answerStarting(req: IncomingMessage, res: ServerResponse): void {
    const id = requestId(readDecisiveHeaders(req.rawHeaders))
    sendProblem(res, { code: 'unavailable', requestId: id })
    log.request({ requestId: id, method: req.method ?? '', route: null, status: 503, ms: 0, userId: null })
  }
}

/**
 * Who waits to be accepted when a socket closes is cut off by the kernel. So it is closed right behind a look that found
 * nobody: in a turn of the event loop that had nothing to do.
 */
async function quietMoment(): Promise<void> {
  const latest = performance.now() + QUIET_WITHIN_MS
  let turnedAt = performance.now()
  let isQuiet = false
  while (!isQuiet && turnedAt < latest) {
    await nextTurn()
    const now = performance.now()
    isQuiet = now - turnedAt < QUIET_TURN_MS
    turnedAt = now
  }
}

/**
 * Nothing went over a connection for a while. Between two requests that ends it. While one is under way, only a client
 * that does not read is to blame: one that does not send is left to the limits above, and one that waits is ours.
 */
function onSilence(socket: Socket): void {
  const isBetweenRequests = socket.timeout !== STALLED_MS
  if (isBetweenRequests || socket.writableLength > 0) socket.destroy()
  else socket.setTimeout(STALLED_MS)
}
