import type { WorkSource } from '../services/work-source.ts'

export type FairQueue<Task> = ReturnType<typeof createFairQueue<Task>>

/**
 * How much a source may have waiting, as a multiple of the places that are free (dynamic thresholds: Choudhury and Hahne,
 * 1998): a single network gets at most three quarters of all places, a single account two thirds, and the more there are,
 * the less has each.
 */
const NETWORK_SHARE = 3
const ACCOUNT_SHARE = 2

/** A queue that nobody can fill alone, so that there always is room for the next. Networks take turns. */
export function createFairQueue<Task>() {
  const networks = new Map<string, { account: string; task: Task }[]>()
  const waitingOfAccount = new Map<string, number>()
  let size = 0

  return { hasRoom, add, next, size: () => size }

  function hasRoom({ account, network }: WorkSource, places: number): boolean {
    const free = places - size
    const ofNetwork = networks.get(network)?.length ?? 0
    const ofAccount = waitingOfAccount.get(account) ?? 0
    return ofNetwork < NETWORK_SHARE * free && ofAccount < ACCOUNT_SHARE * free
  }

  function add({ account, network }: WorkSource, task: Task): void {
    const waiting = networks.get(network) ?? []
    waiting.push({ account, task })
    networks.set(network, waiting)
    waitingOfAccount.set(account, (waitingOfAccount.get(account) ?? 0) + 1)
    size += 1
  }

  /** The one that has waited longest of the network whose turn it is. */
  function next(): Task | undefined {
    const [turn] = networks
    if (!turn) return undefined
    const [network, waiting] = turn
    const first = waiting.shift()
    // What is set again comes last.
    networks.delete(network)
    if (waiting.length > 0) networks.set(network, waiting)
    if (first) forget(first.account)
    return first?.task
  }

  function forget(account: string): void {
    const left = (waitingOfAccount.get(account) ?? 0) - 1
    if (left > 0) waitingOfAccount.set(account, left)
    else waitingOfAccount.delete(account)
    size -= 1
  }
}
