import assert from 'node:assert/strict'
import { freePort } from '../../src/infrastructure/embedded-postgres/free-port.ts'
import { nginxBalancer, startProgram } from './gateway.ts'
import { type Node, startNode } from './node.ts'
import { type LoadResult, startSteadyLoad } from './steady-load.ts'
import { createTestDatabase } from './test-database.ts'

export interface RollingResult extends LoadResult {
  /** From the start of each process until it serves. */
  readySeconds: number[]
}

/** Restarts two nodes in turn, so many times together, while clients ask through a balancer. */
export async function restartInTurn(restarts: number): Promise<RollingResult> {
  await using running = new AsyncDisposableStack()
  const database = await createTestDatabase()
  running.defer(() => database.drop())
  const ports = [await freePort(), await freePort()]
  const nodes = await Promise.all(ports.map(start))
  running.defer(async () => void (await Promise.all(nodes.map((node) => node.end('SIGINT')))))
  const balancer = await startProgram(nginxBalancer, {
    'gatehouse-1:3000': `127.0.0.1:${ports[0]}`,
    'gatehouse-2:3000': `127.0.0.1:${ports[1]}`,
  })
  running.defer(balancer.stop)
  const account = await nodes[0]?.register()
  assert.ok(account)
  const load = startSteadyLoad(`http://127.0.0.1:${balancer.port}`, account)
  const readySeconds: number[] = []
  for (let count = 0; count < restarts; count++) {
    const index = count % nodes.length
    assert.equal(await nodes[index]?.end('SIGTERM'), 0)
    const startedAt = performance.now()
    nodes[index] = await start(ports[index] ?? 0)
    readySeconds.push((performance.now() - startedAt) / 1000)
  }
  return { ...(await load.stop()), readySeconds }

  async function start(port: number): Promise<Node> {
    return startNode(database, { PORT: String(port), LOG_LEVEL: 'info' })
  }
}
