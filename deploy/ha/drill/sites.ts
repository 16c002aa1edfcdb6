import { setTimeout as wait } from 'node:timers/promises'
import type { Site } from '../../../tests/support/durability/site.ts'
import { createNodeClient, type NodeClient } from '../../../tests/support/node-client.ts'
import { SERVERS } from '../trial/layout.ts'
import { ADMIN_EMAIL, type Trial } from '../trial/trial.ts'

export interface Sites {
  nodes: readonly [NodeClient, NodeClient]
  adminToken: string
  /** For clients that act, with a pause before each change: all that they do is compared in the end. */
  paced: readonly Site[]
  /** For who compares. */
  first: Site
}

const PAUSE_MS = 150

/** The servers of a trial, as those of the durability tests. */
export async function sitesOf({ ports, secrets }: Trial): Promise<Sites> {
  const [first, second] = SERVERS.map((server) => createNodeClient(`http://127.0.0.1:${ports.servers[server]}`))
  if (!first || !second) throw new Error('Two servers are needed.')
  const { token: adminToken } = await first.login(ADMIN_EMAIL, secrets.admin)
  const paced = [first, second].map((node) => ({
    node: async () => {
      await wait(PAUSE_MS)
      return { node, adminToken }
    },
  }))
  return { nodes: [first, second], adminToken, paced, first: { node: async () => ({ node: first, adminToken }) } }
}
