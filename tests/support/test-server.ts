import { connect } from 'node:net'
import { text as readAll } from 'node:stream/consumers'
import { after } from 'node:test'
import { completeConfig, readConfig } from '../../config/env.ts'
import { createApp } from '../../src/app.ts'
import { createContainer, type Outside } from '../../src/container.ts'
import { createHttpServer } from '../../src/http/http-server.ts'
import { createLog } from '../../src/infrastructure/log.ts'
import { type Answer, checkAnswer } from './check-answer.ts'
import { exchange, type SendOptions } from './exchange.ts'
import { behindPooler } from './pooled-run.ts'
import { APP_SECRET, createTestDatabase, type TestDatabase } from './test-database.ts'

export const ADMIN = { email: 'admin@example.com', password: 'the first administrator', passwordIsRandom: true }
export const PASSWORD = 'correct horse battery staple'

/** Cheap hashes, and no limits, which are counted by an address that all tests share. */
const TEST_ENVIRONMENT = { NODE_ENV: 'test', BCRYPT_COST: '4', RATE_LIMITS: 'off' }

export type TestServer = Awaited<ReturnType<typeof startTestServer>>

export interface TestServerOptions {
  env?: Record<string, string>
  clock?: Outside['clock']
  database?: TestDatabase
}

/** One server for all tests of a file, stopped behind the last. */
export async function serverOfThisFile(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer(options)
  after(() => server[Symbol.asyncDispose]())
  return server
}

/**
 * The whole application on a port and a database of its own; `await using` stops it. Every answer is held against its
 * contract.
 */
export async function startTestServer({ env = {}, clock, database: given }: TestServerOptions = {}) {
  const database = given ?? (await createTestDatabase())
  const config = readConfig(behindPooler({ ...TEST_ENVIRONMENT, DATABASE_URL: database.url, APP_SECRET, ...env }))
  const logLines: string[] = []
  const output = { write: (line: string) => void logLines.push(line) }
  const log = createLog({ level: config.logLevel, readable: false }, output)
  const server = createHttpServer(log)
  const port = await server.listen(0, '127.0.0.1')
  const found = { port, databaseUrl: config.databaseUrl ?? '', appSecret: config.appSecret ?? '' }
  const container = createContainer(completeConfig(config, found), { log, ...(clock && { clock }) })
  try {
    await container.prepare(ADMIN)
    await container.run()
  } catch (error) {
    // What still listens would keep the process of the test from ending.
    await server.close({ atOnce: true })
    await container.close()
    throw error
  }
  server.serve(createApp(container))
  const url = `http://127.0.0.1:${port}`

  const { routes, maintenance, auditSealing, auditVerification, metrics, leave } = container
  const inside = { routes, maintenance, auditSealing, auditVerification, metrics, leave }
  const about = { url, port, database, logLines, ...inside }
  return { ...about, send, get, post, raw, [Symbol.asyncDispose]: stop }

  async function send(method: string, path: string, options?: SendOptions): Promise<Answer> {
    const answer = await exchange(url, method, path, options)
    checkAnswer(container.routes, method, path, answer)
    return answer
  }

  function get(path: string, token?: string): Promise<Answer> {
    return send('GET', path, { token })
  }

  function post(path: string, json: unknown, token?: string): Promise<Answer> {
    return send('POST', path, { token, json })
  }

  /** Sends bytes as they are, for what no HTTP client would send, and gives the first answer's text. */
  async function raw(request: string): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    socket.write(request.replaceAll(/\r?\n/g, '\r\n'), 'latin1')
    return readAll(socket)
  }

  async function stop(): Promise<void> {
    await server.close({ atOnce: true })
    await container.close()
    if (!given) await database.drop()
  }
}
