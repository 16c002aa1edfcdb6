import type { WorkSource } from '../services/work-source.ts'

/** Of each account of one network, what waits. */
type Accounts<Task> = Map<string, Task[]>

export type FairQueue<Task> = ReturnType<typeof createFairQueue<Task>>

/**
 * A queue that no source can fill: one may wait with as many as there are places left, so a single one gets half of all
 * places, two get a third each, and there is always room for the next (dynamic thresholds: Choudhury and Hahne, 1998).
 * Networks take turns, and so do the accounts of a network.
 */
export function createFairQueue<Task>() {
  const networks = new Map<string, Accounts<Task>>()
  const waitingOfNetwork = createCounter()
  const waitingOfAccount = createCounter()
  let size = 0

  return { hasRoom, add, next }

  function hasRoom({ account, network }: WorkSource, places: number): boolean {
    const free = places - size
    return waitingOfNetwork.of(network) < free && waitingOfAccount.of(account) < free
  }

  function add({ account, network }: WorkSource, task: Task): void {
    const accounts = networks.get(network) ?? new Map<string, Task[]>()
    const tasks = accounts.get(account) ?? []
    tasks.push(task)
    accounts.set(account, tasks)
    networks.set(network, accounts)
    count(account, network, 1)
  }

  /** The first of the account whose turn it is, in the network whose turn it is. */
  function next(): Task | undefined {
    const turn = takeFirst(networks)
    if (!turn) return undefined
    const [network, accounts] = turn
    const [account, [task, ...others]] = takeFirst(accounts) as [string, [Task, ...Task[]]]
    if (others.length > 0) accounts.set(account, others)
    if (accounts.size > 0) networks.set(network, accounts)
    count(account, network, -1)
    return task
  }

  function count(account: string, network: string, change: 1 | -1): void {
    waitingOfNetwork.add(network, change)
    waitingOfAccount.add(account, change)
    size += change
  }
}

/** A map keeps the order in which keys were set: what is taken and set again comes last. */
function takeFirst<Value>(map: Map<string, Value>): [string, Value] | undefined {
  for (const entry of map) {
    map.delete(entry[0])
    return entry
  }
  return undefined
}

function createCounter() {
  const counts = new Map<string, number>()

  return { of, add }

  function of(key: string): number {
    return counts.get(key) ?? 0
  }

  function add(key: string, change: number): void {
    const count = of(key) + change
    if (count === 0) counts.delete(key)
    else counts.set(key, count)
  }
}
