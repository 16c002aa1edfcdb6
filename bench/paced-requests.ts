import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

export interface PacedRequest {
  method: string
  path: string
  token?: string
  json?: object
  status: number
}

/** Asked in turn, so many a second. */
export interface Pace {
  title: string
  perSecond: number
  requests: readonly PacedRequest[]
}

export interface PacedTimes {
  title: string
  count: number
  p50Ms: number
  p95Ms: number
  maxMs: number
  /** Every answer that was another than the expected one. */
  failed: string[]
}

/**
 * Asks so often whether or not answers come, as people do who know nothing of each other, until `stop` gives the times. A
 * question that is asked late has waited, too: its time counts from when it was due.
 */
export function startPaced(port: number, paces: readonly Pace[]): { stop(): Promise<PacedTimes[]> } {
  // The connection that was idle longest comes first, so that none is idle until the server closes it.
  const agent = new Agent({ keepAlive: true, scheduling: 'fifo' })
  let isRunning = true
  const all = paces.map(keep)
  return { stop }

  async function stop(): Promise<PacedTimes[]> {
    isRunning = false
    const times = await Promise.all(all)
    agent.destroy()
    return times
  }

  async function keep({ title, perSecond, requests }: Pace): Promise<PacedTimes> {
    const asking: Promise<number>[] = []
    const failed: string[] = []
    const startedAt = performance.now()
    for (let turn = 0; isRunning; turn++) {
      const dueAt = startedAt + (turn / perSecond) * 1000
      const dueMs = dueAt - performance.now()
      if (dueMs > 0) await wait(dueMs)
      const asked = requests[turn % requests.length]
      // A timer comes up to a millisecond early.
      if (asked) asking.push(ask(asked, Math.min(dueAt, performance.now()), failed))
    }
    const times = (await Promise.all(asking)).toSorted((a, b) => a - b)
    const percentile = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN
    return {
      title,
      count: times.length,
      p50Ms: percentile(0.5),
      p95Ms: percentile(0.95),
      maxMs: times.at(-1) ?? 0,
      failed,
    }
  }

  /** Milliseconds until the last byte of the answer. */
  function ask({ method, path, token, json, status }: PacedRequest, since: number, failed: string[]): Promise<number> {
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    }
    return new Promise((resolve) => {
      const end = (problem: string | null) => {
        if (problem !== null) failed.push(`${method} ${path}: ${problem}`)
        resolve(performance.now() - since)
      }
      const asked = request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
        const { statusCode } = answer
        answer.resume().on('end', () => end(statusCode === status ? null : String(statusCode)))
      })
      asked.on('error', (error) => end(String(error)))
      asked.end(json && JSON.stringify(json))
    })
  }
}
