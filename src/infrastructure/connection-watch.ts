import type pg from 'pg'
import { ConnectionError } from 'sequelize'

/** PostgreSQL ends a statement after this long, and says so. */
const STATEMENT_MS = 2_000

/** A server that has said nothing by then is gone: the time that somebody waited for the connection counts. */
const ANSWER_MS = 2_300

/** Of a transaction whose owner is gone nobody waits longer for its locks. */
const IDLE_IN_TRANSACTION_MS = 5_000

const GOODBYE_MS = 250

/**
 * What a new connection is told, in place of what Sequelize would say. Not in the startup packet: a pooler such as
 * PgBouncer refuses one that has more in it than it knows.
 */
const SETTINGS = `
  SET client_min_messages = warning;
  SET TIME ZONE 'UTC';
  SET statement_timeout = ${STATEMENT_MS};
  SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};
  SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED`

/** SQLSTATE read_only_sql_transaction: what was the primary is one no more, and this connection still leads there. */
const READ_ONLY = '25006'

/** SQLSTATE query_canceled: it took too long, or somebody else ended it. */
const CANCELLED = '57014'

/** What is told of each connection. */
export interface ConnectionObserver {
  connecting(): void
  connected(): void
  /** How long a query or a transaction waited for its connection. */
  acquired(waitedSeconds: number): void
  statementCancelled(): void
}

interface Watched {
  answeredAt: number
  isReadOnly: boolean
  /** How long whoever has it now waited for it, until their first statement. */
  waitedMs: number
}

export type ConnectionWatch = ReturnType<typeof createConnectionWatch>

/**
 * Watches the connections of a pool, so that nobody waits long for a server that is gone, and no connection is used
 * again that may lead nowhere. See docs/decisions/0014-the-database-away.md.
 */
export function createConnectionWatch(observer: ConnectionObserver) {
  const connections = new WeakMap<object, Watched>()
  const askedAt = new WeakMap<object, number>()
  const cuts = new WeakMap<object, NodeJS.Timeout>()
  let brokenAt = Number.NEGATIVE_INFINITY

  return {
    hooks: {
      beforeConnect: observer.connecting,
      afterConnect,
      beforePoolAcquire,
      afterPoolAcquire,
      beforeQuery,
      afterQuery,
      beforeDisconnect,
    },
    isFit,
    asking,
    answered,
  }

  async function afterConnect(connection: unknown): Promise<void> {
    const client = connection as pg.Client
    const watched = { answeredAt: performance.now(), isReadOnly: false, waitedMs: 0 }
    client.on('error', () => {
      brokenAt = performance.now()
    })
    client.connection.on('errorMessage', ({ code }: { code?: string }) => {
      watched.isReadOnly ||= code === READ_ONLY
      if (code === CANCELLED) observer.statementCancelled()
    })
    const cut = cutAfter(client, ANSWER_MS)
    try {
      await client.query(SETTINGS)
    } catch (error) {
      // It never comes to the pool, which would close it.
      client.connection.stream.destroy()
      throw new ConnectionError(error as Error)
    } finally {
      clearTimeout(cut)
    }
    watched.answeredAt = performance.now()
    connections.set(client, watched)
    observer.connected()
  }

  /**
   * Whether a connection that lay in the pool may be used. Where one has broken, the others are not trusted that were
   * silent since: they lead to the same server, and each would be found out by a request of its own.
   */
  function isFit(connection: unknown): boolean {
    const client = connection as pg.Client
    const watched = connections.get(client)
    if (!watched || watched.isReadOnly) return false
    return watched.answeredAt > brokenAt && client.getTransactionStatus() === 'I'
  }

  function beforePoolAcquire(request: object): void {
    askedAt.set(request, performance.now())
  }

  function afterPoolAcquire(connection: object, request: object): void {
    const waitedMs = performance.now() - (askedAt.get(request) ?? performance.now())
    observer.acquired(waitedMs / 1000)
    const watched = connections.get(connection)
    if (watched) watched.waitedMs = waitedMs
  }

  function beforeQuery(_options: unknown, query: { connection: object }): void {
    cuts.set(query, asking(query.connection))
  }

  function afterQuery(_options: unknown, query: { connection: object }): void {
    answered(query.connection, cuts.get(query))
  }

  /** To be called before each statement that goes past Sequelize's hooks, and `answered` behind it with what this gives. */
  function asking(connection: object): NodeJS.Timeout {
    const watched = connections.get(connection)
    const cut = cutAfter(connection as pg.Client, ANSWER_MS - (watched?.waitedMs ?? 0))
    if (watched) watched.waitedMs = 0
    return cut
  }

  function answered(connection: object, cut: NodeJS.Timeout | undefined): void {
    clearTimeout(cut)
    const watched = connections.get(connection)
    if (watched) watched.answeredAt = performance.now()
  }
}

/** A server that is gone does not answer to a goodbye either. */
function beforeDisconnect(connection: unknown): void {
  setTimeout(() => (connection as pg.Client).connection.stream.destroy(), GOODBYE_MS).unref()
}

/** With the connection all fails at once that is asked on it, now and later. */
function cutAfter({ connection }: pg.Client, ms: number): NodeJS.Timeout {
  return setTimeout(() => connection.stream.destroy(new SilentServer()), ms)
}

class SilentServer extends Error {
  readonly code = 'ETIMEDOUT'

  constructor() {
    super('The database does not answer.')
  }
}
