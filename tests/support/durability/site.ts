import { type Node, startNode } from '../node.ts'
import type { TestDatabase } from '../test-database.ts'
import { ADMIN } from '../test-server.ts'

/** A server as its clients see it: sometimes there, sometimes not. */
export interface Site {
  /** Resolves when it is there. */
  node(): Promise<Up>
  /** `kill -9`, and a start. */
  kill(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface Up {
  node: Node
  adminToken: string
}

export async function startSite(database: TestDatabase): Promise<Site> {
  let up = start()
  await up
  return { node: () => up, kill, [Symbol.asyncDispose]: async () => void (await (await up).node.end('SIGINT')) }

  async function start(): Promise<Up> {
    const node = await startNode(database, { RATE_LIMITS: 'off' })
    return { node, adminToken: (await node.login(ADMIN.email, ADMIN.password)).token }
  }

  async function kill(): Promise<void> {
    const { node } = await up
    const gone = node.end('SIGKILL')
    up = gone.then(start)
    await up
  }
}
