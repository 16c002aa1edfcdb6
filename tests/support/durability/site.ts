import { startNode } from '../node.ts'
import type { NodeClient } from '../node-client.ts'
import type { TestDatabase } from '../test-database.ts'
import { ADMIN } from '../test-server.ts'

/** A server as its clients see it: sometimes there, sometimes not. */
export interface Site {
  /** Resolves when it is there. */
  node(): Promise<Up>
}

export interface Up {
  node: NodeClient
  adminToken: string
}

/** A server of our own. */
export interface OwnSite extends Site {
  /** `kill -9`, and a start. */
  kill(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startSite(database: TestDatabase): Promise<OwnSite> {
  let up = start()
  await up
  return { node: () => up, kill, [Symbol.asyncDispose]: async () => void (await (await up).node.end('SIGINT')) }

  async function start() {
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
