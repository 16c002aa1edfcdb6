import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { createLog } from '../src/infrastructure/log.ts'
import { type Node, startNode } from '../tests/support/node.ts'
import { createTestDatabase, type TestDatabase } from '../tests/support/test-database.ts'

/** How long the event loop of a server was held, and how much of that it was working. */
export interface LoopDelay {
  p999Ms: number
  maxMs: number
  busyMaxMs: number
}

export interface MeasuredServer {
  node: Node
  database: TestDatabase
  /** Every line that it has written to standard output since it listens. */
  lines: readonly string[]
  beginMeasuring(): void
  /** What was measured since. */
  measured(): Promise<LoopDelay>
  [Symbol.asyncDispose](): Promise<void>
}

/** A server as `npm start` runs it, with the cheapest hash, on a database of its own, with a measure of its event loop inside. */
export async function startMeasuredServer(variables: Record<string, string>): Promise<MeasuredServer> {
  await using starting = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'))
  starting.defer(() => rm(dataDir, { recursive: true, force: true }))
  const postgres = await startEmbeddedPostgres({ dataDir, log: createLog({ level: 'warn', readable: false }) })
  starting.defer(() => postgres.stop())
  process.env.TEST_POSTGRES_URL = postgres.url
  const database = await createTestDatabase({ empty: true })
  const preload = fileURLToPath(new URL('loop-delay.ts', import.meta.url))
  const node = starting.use(
    await startNode(database, { ...variables, NODE_OPTIONS: `--max-semi-space-size=4 --import=${preload}` }),
  )
  const { child } = node
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('What the server writes cannot be read.')
  const lines: string[] = []
  // Its whole output as one text would be slow to grow.
  stdout.removeAllListeners('data')
  createInterface(stdout).on('line', (line) => lines.push(line))
  const started = starting.move()
  return { node, database, lines, beginMeasuring, measured, [Symbol.asyncDispose]: () => started.disposeAsync() }

  function beginMeasuring(): void {
    child.kill('SIGUSR2')
  }

  async function measured(): Promise<LoopDelay> {
    const written = once(createInterface(stderr as NodeJS.ReadableStream), 'line')
    child.kill('SIGUSR2')
    const [line] = await written
    return JSON.parse(line)
  }
}
