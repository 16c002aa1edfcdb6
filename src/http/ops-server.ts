import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendText } from './answer.ts'
import { readDecisiveHeaders } from './decisive-headers.ts'
import { headLines } from './head-lines.ts'
import { sendProblem } from './problem.ts'
import { requestId } from './request-context.ts'

export interface OpsServerOptions {
  port: number
  host: string
  /** What `/metrics` answers with. */
  expose(): Promise<{ contentType: string; text: string }>
  log: { info(fields: object, text: string): void; error(fields: object, text: string): void }
}

export interface OpsServer {
  port: number
  close(): Promise<void>
}

const PATH = '/metrics'
const METHODS = ['GET', 'HEAD']

/** Asked by a few that are known, each some times a minute: who is slow, or many, is cut early. */
const OPTIONS: ServerOptions = {
  headersTimeout: 3_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8 * 1024,
}
const MAX_CONNECTIONS = 64
const SILENT_MS = 70_000

/**
 * A listener of its own for `/metrics`, so that it can stand where only operators come. However many ask at once, it is
 * collected once. Rejects where the port is taken.
 */
export async function listenOps({ port, host, expose, log }: OpsServerOptions): Promise<OpsServer> {
  let exposing: ReturnType<typeof expose> | null = null
  const server = createServer(OPTIONS, (req, res) => void answer(req, res))
  server.maxConnections = MAX_CONNECTIONS
  server.setTimeout(SILENT_MS)
  await new Promise<void>((resolve, reject) => {
    // Tells explain.ts which variable to name.
    server.once('error', (error) => reject(Object.assign(error, { variable: 'OPS_PORT' })))
    server.listen(port, host, resolve)
  })
  const own = (server.address() as AddressInfo).port
  log.info({ port: own }, 'metrics: listening')
  return { port: own, close }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const id = requestId(readDecisiveHeaders(req.rawHeaders))
    if (req.url?.split('?', 1)[0] !== PATH) return sendProblem(res, { code: 'not_found', requestId: id })
    if (!METHODS.includes(req.method ?? '')) {
      res.setHeader('Allow', METHODS.join(', '))
      return sendProblem(res, { code: 'method_not_allowed', requestId: id })
    }
    try {
      const { contentType, text } = await exposeOnce()
      sendText(res, 200, text, contentType, headLines(id))
    } catch (error) {
      log.error({ requestId: id, err: error }, 'metrics: cannot be collected')
      sendProblem(res, { code: 'internal', requestId: id })
    }
  }

  function exposeOnce(): ReturnType<typeof expose> {
    exposing ??= expose().finally(() => {
      exposing = null
    })
    return exposing
  }

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
}
