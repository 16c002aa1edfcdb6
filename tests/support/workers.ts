import { get } from 'node:http'
import { freePort } from '../../src/infrastructure/embedded-postgres/free-port.ts'
import { isAlive } from '../../src/infrastructure/embedded-postgres/leftovers.ts'
import { type Node, startNode } from './node.ts'
import { eventually } from './server-process.ts'
import type { TestDatabase } from './test-database.ts'

/** A server of several processes. */
export interface WorkerSite extends Node {
  /** The processes that serve, and are alive. */
  workers(): number[]
  /** Waits until so many serve that `old` does not name. */
  served(count: number, old?: readonly number[]): Promise<number[]>
}

export async function startWorkers(
  database: TestDatabase,
  count: number,
  env: Record<string, string> = {},
  folder?: string,
): Promise<WorkerSite> {
  const node = await startNode(database, { WORKERS: String(count), PORT: String(await freePort()), ...env }, folder)
  const site = { ...node, workers, served }
  await served(count)
  return site

  function workers(): number[] {
    const pids = [...node.output().matchAll(/"pid":(\d+),"msg":"listening"/g)].map(([, pid]) => Number(pid))
    return pids.filter(isAlive)
  }

  async function served(wanted: number, old: readonly number[] = []): Promise<number[]> {
    const young = () => workers().filter((pid) => !old.includes(pid))
    await eventually(async () => young().length === wanted, `${wanted} processes serve`, 30)
    return young()
  }
}

/** Asks on connections of their own, which go to the processes in turn, and gives what came for each. */
export function statuses(url: string, token: string, requests = 12): Promise<number[]> {
  return Promise.all(Array.from({ length: requests }, () => statusOnNewConnection(url, token)))
}

export function statusOnNewConnection(url: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    get(`${url}/verify`, { agent: false, headers }, (answer) => resolve(answer.resume().statusCode ?? 0)).on(
      'error',
      reject,
    )
  })
}
