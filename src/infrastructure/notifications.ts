import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from './log.ts'

export interface NotificationsOptions {
  /** For a connection that stays: past a transaction pooler. */
  directUrl: string
  channel: string
  log: Log
  /** Told when listening has begun again. */
  onReconnected(): void
}

export interface Listener {
  /** Called when listening has begun again: what was announced in between was not heard. */
  onListeningAgain(): void
  onPayload(payload: string): void
}

export type Notifications = ReturnType<typeof createNotifications>

interface Connection {
  client: pg.Client
  /** Resolves when the connection has ended, with the reason where one is known. */
  lost: Promise<unknown>
}

const CONNECT_MS = 2_000
const HEARTBEAT_MS = 2_000
const ANSWER_MS = 5_000
const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 1_000
const GOODBYE_MS = 250

/** One connection that listens to a channel (PostgreSQL's LISTEN), for as long as the server runs. */
export function createNotifications({ directUrl, channel, log, onReconnected }: NotificationsOptions) {
  const closing = new AbortController()
  let current: Connection | null = null
  let running: Promise<void> | undefined

  return { listen, close }

  /** Begins, and connects again by itself whenever the connection is lost. Rejects where the first one fails. */
  async function listen(listener: Listener): Promise<void> {
    current = await connect(listener)
    running = keepListening(listener)
  }

  async function close(): Promise<void> {
    closing.abort()
    if (current) await hangUp(current.client)
    await running
  }

  async function keepListening(listener: Listener): Promise<void> {
    while (current) {
      const reason = await current.lost
      if (closing.signal.aborted) return
      log.warn({ err: reason }, 'notifications: the connection is lost')
      current = await reconnect(listener)
    }
  }

  async function reconnect(listener: Listener): Promise<Connection | null> {
    for (let delay = FIRST_RETRY_MS; ; delay = Math.min(delay * 2, LAST_RETRY_MS)) {
      // Spread out, so that many nodes do not come back in the same instant.
      await wait(delay * (0.5 + Math.random()), null, { signal: closing.signal }).catch(() => undefined)
      if (closing.signal.aborted) return null
      try {
        const connection = await connect(listener)
        if (closing.signal.aborted) {
          await hangUp(connection.client)
          return null
        }
        log.info('notifications: listening again')
        onReconnected()
        listener.onListeningAgain()
        return connection
      } catch (error) {
        log.debug({ err: error }, 'notifications: no connection yet')
      }
    }
  }

  async function connect({ onPayload }: Listener): Promise<Connection> {
    const client = new pg.Client({
      connectionString: directUrl,
      application_name: 'gatehouse-listen',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    })
    const lost = new Promise<unknown>((resolve) => {
      client.on('error', resolve).on('end', () => resolve(undefined))
    })
    client.on('notification', ({ payload = '' }) => onPayload(payload))
    try {
      await client.connect()
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`)
    } catch (error) {
      void client.end().catch(() => undefined)
      throw error
    }
    void beatUntil(lost, client)
    return { client, lost }
  }
}

/** Where the other end is gone, nobody answers to a goodbye. */
async function hangUp(client: pg.Client): Promise<void> {
  const cut = setTimeout(() => client.connection.stream.destroy(), GOODBYE_MS)
  await client.end().catch(() => undefined)
  clearTimeout(cut)
}

/** A connection whose other end is gone says nothing by itself, so it is asked. */
async function beatUntil(lost: Promise<unknown>, client: pg.Client): Promise<void> {
  let isLost = false
  void lost.then(() => {
    isLost = true
  })
  try {
    while (!isLost) {
      await client.query('SELECT 1')
      await wait(HEARTBEAT_MS, null, { ref: false })
    }
  } catch (error) {
    client.connection.stream.destroy(error as Error)
  }
}
