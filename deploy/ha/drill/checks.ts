import { setTimeout as wait } from 'node:timers/promises'
import type { NodeClient } from '../../../tests/support/node-client.ts'

const EACH_MS = 25
/** One of so many checks is of a token that this server has not seen: its signature has to be checked. */
const KNOWN_BETWEEN = 20

export interface CheckResult {
  asked: number
  /** Of tokens that the server had not seen before. */
  unseen: number
  /** Answers other than 204, by their status; 0 is none at all. */
  others: Record<number, number>
  longestGapMs: number
}

export type CheckProbe = ReturnType<typeof probeChecks>

/** Asks a server all the time whether it lets a known token pass, and now and then one that it is given. */
export function probeChecks(node: NodeClient, known: string) {
  const result: CheckResult = { asked: 0, unseen: 0, others: {}, longestGapMs: 0 }
  const stock: string[] = []
  let isOver = false
  let letAt = performance.now()
  const running = run()
  return { add, stop }

  /** A token that the server may be asked for later, when none can be made. */
  function add(token: string): void {
    stock.push(token)
  }

  async function run(): Promise<void> {
    for (let count = 1; !isOver; count++) {
      const unseen = count % KNOWN_BETWEEN === 0 ? stock.shift() : undefined
      if (unseen !== undefined) result.unseen += 1
      await ask(unseen ?? known)
      await wait(EACH_MS)
    }
  }

  async function ask(token: string): Promise<void> {
    result.asked += 1
    const status = await node.statusOf('GET', '/verify', token).catch(() => 0)
    const now = performance.now()
    result.longestGapMs = Math.max(result.longestGapMs, now - letAt)
    if (status === 204) letAt = now
    else result.others[status] = (result.others[status] ?? 0) + 1
  }

  async function stop(): Promise<CheckResult> {
    isOver = true
    await running
    return result
  }
}
