import { setTimeout as wait } from 'node:timers/promises'
import { freshEmail } from '../../../tests/support/accounts.ts'
import type { NodeClient } from '../../../tests/support/node-client.ts'
import { PASSWORD } from '../../../tests/support/test-server.ts'

const EACH_MS = 250

export type WriteProbe = ReturnType<typeof probeWrites>

/**
 * Registers somebody four times a second, whether the one before was answered or not, and notes when it was acknowledged.
 * `onToken` is given the token of each.
 */
export function probeWrites(node: NodeClient, onToken: (token: string) => void) {
  const acknowledgedAt: number[] = []
  const underWay = new Set<Promise<void>>()
  let isOver = false
  const running = run()
  return { longestPause, hasBeenAcknowledgedSince, stop }

  async function run(): Promise<void> {
    while (!isOver) {
      const one = write().finally(() => underWay.delete(one))
      underWay.add(one)
      await wait(EACH_MS)
    }
  }

  async function write(): Promise<void> {
    const json = { email: freshEmail(), password: PASSWORD }
    const answer = await node.send('POST', '/register', undefined, json).catch(() => null)
    const body = (await answer?.json().catch(() => null)) as { token: string } | null
    if (answer?.status !== 201 || !body) return
    acknowledgedAt.push(performance.now())
    onToken(body.token)
  }

  /** In ms: how long nothing was acknowledged, at most, from `from` until now. */
  function longestPause(from: number): number {
    const times = [from, ...acknowledgedAt.filter((at) => at > from), performance.now()]
    return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at)))
  }

  function hasBeenAcknowledgedSince(from: number): boolean {
    return acknowledgedAt.some((at) => at > from)
  }

  async function stop(): Promise<void> {
    isOver = true
    await running
    await Promise.all(underWay)
  }
}
