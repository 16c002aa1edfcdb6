import type { RevocationRepository } from '../repositories/revocation.repository.ts'
import type { AuthorizationFeed } from './authorization-feed.service.ts'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { SigningKeyService } from './signing-key.service.ts'

/** Hears what nodes announce, see infrastructure/notifications.ts. */
export interface Notifications {
  listen(listener: { onListeningAgain(): void; onPayload(payload: string): void }): Promise<void>
  close(): Promise<void>
}

export interface SynchronizationDependencies {
  feed: AuthorizationFeed
  keys: Pick<SigningKeyService, 'load'>
  revocations: Pick<RevocationRepository, 'readAnnouncement'>
  notifications: Notifications
  clock: Clock
  log: Log
  metrics: Pick<Metrics, 'changeHeard'>
  /** How often everything is read again that may not have been heard. */
  rereadMs: number
}

export type Synchronization = ReturnType<typeof createSynchronization>

const REPORT_MS = 60_000

/** Keeps what this node has in memory, rights and signing keys, in step with the database. */
export function createSynchronization(dependencies: SynchronizationDependencies) {
  const { feed, keys, revocations, notifications, clock, log, metrics, rereadMs } = dependencies
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | null = null
  let isReadingWanted = false
  let isEverythingWanted = false
  let isFailing = false
  let heard = { changes: 0, slowestMs: 0, since: performance.now() }

  return { start, stop }

  /** Listens first and reads then, so that nothing falls in between. Rejects where either cannot be done. */
  async function start(): Promise<void> {
    await notifications.listen({ onListeningAgain: rereadEverything, onPayload: hear })
    await Promise.all([keys.load(), feed.reread('everything')])
    timer = setInterval(tick, rereadMs)
  }

  async function stop(): Promise<void> {
    clearInterval(timer)
    await notifications.close()
    await reading
  }

  function hear(payload: string): void {
    const announcement = revocations.readAnnouncement(payload)
    if (announcement === null || 'signingKeys' in announcement) {
      reread()
      return
    }
    feed.apply(announcement)
    heard.changes += 1
    const afterMs = clock.now().getTime() - announcement.recordedAt.getTime()
    heard.slowestMs = Math.max(heard.slowestMs, afterMs)
    // The clock of the other node may be ahead.
    metrics.changeHeard(Math.max(0, afterMs) / 1000)
  }

  function tick(): void {
    reread()
    if (performance.now() - heard.since < REPORT_MS) return
    const { changes, slowestMs } = heard
    if (changes > 0) log.info({ changes, slowestMs }, 'authorization feed: changes heard of, and the slowest')
    heard = { changes: 0, slowestMs: 0, since: performance.now() }
  }

  /** Reads from now on: a reading that began before is not enough, so another follows it. */
  function reread(): void {
    isReadingWanted = true
    reading ??= readWhileWanted().finally(() => {
      reading = null
    })
  }

  /**
   * Behind a lost connection there may be a server that crashed, or another. Numbers of transactions that left no trace
   * are given out again there, and what is new would be taken for old.
   */
  function rereadEverything(): void {
    isEverythingWanted = true
    reread()
  }

  async function readWhileWanted(): Promise<void> {
    while (isReadingWanted) {
      const what = isEverythingWanted ? 'everything' : 'new'
      isReadingWanted = false
      isEverythingWanted = false
      await read(what)
    }
  }

  async function read(what: 'new' | 'everything'): Promise<void> {
    try {
      await Promise.all([keys.load(), feed.reread(what)])
      if (isFailing) log.info({}, 'authorization feed: in contact again')
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'authorization feed: out of contact')
      isFailing = true
      isEverythingWanted = true
    }
  }
}
