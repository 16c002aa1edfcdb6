import { setTimeout as wait } from 'node:timers/promises'
import type { MovieRepository } from '../repositories/movie.repository.ts'
import type { ReplicationRepository } from '../repositories/replication.repository.ts'
import type { Repositories } from '../repositories/repositories.ts'
import { type Database, isOutage } from './database.ts'
import type { Log } from './log.ts'
import { createReplica, type Replica } from './replica.ts'
import { createWalPositions } from './wal-position.ts'

export interface ReplicasOptions {
  primary: Database
  standbys: readonly { name: string; database: Database }[]
  /** Told who answered what a replica may. */
  onRead(from: ReadFrom): void
  log: Log
}

export const READ_FROM = ['replica', 'primary'] as const
export type ReadFrom = (typeof READ_FROM)[number]

const LOOK_AGAIN_MS = 1_000

/** How long a read waits for a replica that is a moment behind, before it goes to the primary. */
const CATCH_UP_MS = 100
const ASK_AGAIN_MS = 5

class Behind extends Error {
  constructor() {
    super('It does not show yet what was written.')
  }
}

/**
 * Standbys of the primary, for what decides nothing. Who cannot be used is left out, and where none can, or one fails, it
 * is the primary that is asked. See docs/decisions/0026-replicas.md.
 */
export function createReplicas({ primary, standbys, onRead, log }: ReplicasOptions) {
  const positions = createWalPositions()
  const replicas = standbys.map((standby) => createReplica({ ...standby, positions, log }))
  const closing = new AbortController()
  let looking: readonly Promise<void>[] = []
  let turn = 0

  return {
    fromReplica: replicas.length > 0 ? fromReplica : primary.atomically,
    movies: replicas.length > 0 ? moviesOfAny() : primary.repositories.movies,
    used,
    start,
    close,
  }

  function start(): void {
    if (replicas.length === 0) return
    looking = [again(notePosition), ...replicas.map((replica) => again(replica.look))]
  }

  async function close(): Promise<void> {
    closing.abort()
    await Promise.all(looking)
    await Promise.all(replicas.map(({ database }) => database.close()))
  }

  /**
   * Runs `work` where everything is seen that was committed before, by whichever node. While the primary is away: where
   * everything is seen that it is known to have written.
   */
  async function fromReplica<T>(work: (repositories: Repositories) => Promise<T>): Promise<T> {
    const onPrimary = () => primary.atomically(work)
    const replica = next((candidate) => candidate.isInStep())
    if (!replica) return counted('primary', onPrimary)
    const position = await currentPosition()
    const inStep = async (within: Repositories) => {
      await catchUp(within.replication, position)
      return work(within)
    }
    return tryFirst(replica, () => replica.database.atomically(inStep), onPrimary)
  }

  /** Nobody but a migration writes films, so it does not matter if a replica is behind. */
  function moviesOfAny(): MovieRepository {
    return {
      findById: (id) => fromAny(({ movies }) => movies.findById(id)),
      findPage: (...about) => fromAny(({ movies }) => movies.findPage(...about)),
    }
  }

  async function fromAny<T>(read: (repositories: Repositories) => Promise<T>): Promise<T> {
    const onPrimary = () => read(primary.repositories)
    const replica = next((candidate) => candidate.isUsed())
    if (!replica) return counted('primary', onPrimary)
    return tryFirst(replica, () => read(replica.database.repositories), onPrimary)
  }

  /** Whatever fails on a replica, also for a table that it does not have yet, is for the primary to answer. */
  async function tryFirst<T>(replica: Replica, onReplica: () => Promise<T>, onPrimary: () => Promise<T>): Promise<T> {
    try {
      return await counted('replica', onReplica)
    } catch (error) {
      if (error instanceof Behind) replica.trail()
      else if (isOutage(error)) replica.leaveOut({ err: error })
      return counted('primary', onPrimary)
    }
  }

  async function counted<T>(from: ReadFrom, read: () => Promise<T>): Promise<T> {
    const result = await read()
    onRead(from)
    return result
  }

  /** Each in its turn. */
  function next(isWanted: (replica: Replica) => boolean): Replica | undefined {
    const wanted = replicas.filter(isWanted)
    turn += 1
    return wanted[turn % wanted.length]
  }

  async function currentPosition(): Promise<string> {
    try {
      return await notePosition()
    } catch (error) {
      const latest = positions.latest()
      if (latest === null) throw error
      return latest
    }
  }

  async function notePosition(): Promise<string> {
    const position = await primary.repositories.replication.writtenPosition()
    positions.note(position)
    return position
  }

  async function again(look: () => Promise<unknown>): Promise<void> {
    while (!closing.signal.aborted) {
      await look().catch(() => undefined)
      await wait(LOOK_AGAIN_MS, null, { signal: closing.signal }).catch(() => undefined)
    }
  }

  /** By name: 1 where it is asked. */
  function used(): Record<string, number> {
    return Object.fromEntries(replicas.map(({ name, isUsed }) => [name, Number(isUsed())]))
  }
}

/** Throws where it would take too long. Each statement sees what is there when it begins. */
async function catchUp({ hasReplayed }: ReplicationRepository, position: string): Promise<void> {
  const deadline = performance.now() + CATCH_UP_MS
  while (!(await hasReplayed(position))) {
    if (performance.now() > deadline) throw new Behind()
    await wait(ASK_AGAIN_MS)
  }
}
