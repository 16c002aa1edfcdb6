import { setTimeout as wait } from 'node:timers/promises'
import type { TestServer } from './test-server.ts'

/** Who tries to log in with their password from before, again and again. */
export interface Newcomer {
  email: string
  password: string
  /** What they were answered so far. */
  statuses: number[]
}

const AT_ONCE = 4
const PAUSE_MS = 5

/** Has them all try in turn, some at a time, and nobody twice at once, until it is disposed of. */
export function startNewcomers(server: TestServer, newcomers: readonly Newcomer[]): AsyncDisposable {
  let isRunning = true
  const running = Array.from({ length: AT_ONCE }, (_client, index) => keepTrying(index))
  return { [Symbol.asyncDispose]: stop }

  async function keepTrying(first: number): Promise<void> {
    const own = newcomers.filter((_newcomer, index) => index % AT_ONCE === first)
    for (let turn = 0; isRunning; turn++) {
      const newcomer = own[turn % own.length]
      if (newcomer) await tryIn(server, newcomer)
      await wait(PAUSE_MS)
    }
  }

  async function stop(): Promise<void> {
    isRunning = false
    await Promise.all(running)
  }
}

export async function tryIn(server: TestServer, { email, password, statuses }: Newcomer): Promise<number> {
  const { status } = await server.post('/login', { email, password })
  statuses.push(status)
  return status
}
