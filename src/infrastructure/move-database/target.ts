import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { messageOf } from '../error-fields.ts'
import { PREPARATION_LOCK, requireVersion } from '../prepare-database.ts'
import { applySettings } from './settings.ts'

export interface Target extends AsyncDisposable {
  /** Within the transaction that `commit` ends; without it, nothing was there. */
  client: pg.Client
  commit(): Promise<void>
}

const CONNECT_MS = 10_000
const ASK_AGAIN_MS = 200
/** What a move left that was killed is noticed sooner. */
const LOCK_MS = 20_000

/** All that lies in the schema that tables would be made in, by PostgreSQL's own list; without what an extension has put there. */
const FOREIGN = `
  SELECT type || ' ' || identity AS found
  FROM pg_depend AS placed, pg_identify_object(placed.classid, placed.objid, 0)
  WHERE placed.refclassid = 'pg_namespace'::regclass AND placed.deptype = 'n'
    AND placed.refobjid = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    AND placed.classid <> 'pg_extension'::regclass
    AND NOT EXISTS (SELECT FROM pg_depend AS member
                    WHERE member.classid = placed.classid AND member.objid = placed.objid AND member.deptype = 'e')
  ORDER BY type <> 'table', 1 LIMIT 4`

/** Begins in a database in which nothing is, and keeps servers from beginning there. Throws where something is there. */
export async function openTarget(url: string): Promise<Target> {
  const client = await connect(url)
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
    await applySettings(client)
    await requireVersion(client)
    await takeLock(client)
    await requireEmpty(client)
  } catch (error) {
    await client.end()
    throw error
  }
  return { client, commit, [Symbol.asyncDispose]: () => client.end() }

  async function commit(): Promise<void> {
    try {
      await client.query('COMMIT')
    } catch (cause) {
      const message = 'The connection was lost at the last step. Try again: a target that is not empty has everything.'
      throw new Error(message, { cause })
    }
  }
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'gatehouse-move',
  })
  // Where the connection is lost, statements fail and say so.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    throw new Error(`The target does not let us in: ${reasonOf(error as Error)}`)
  }
}

/** A name with several addresses fails with an error for each, and says nothing itself. */
function reasonOf(error: Error): string {
  const first = error instanceof AggregateError ? error.errors[0] : error
  return messageOf(first) ?? (first as NodeJS.ErrnoException).code ?? first.name
}

/** The one that servers prepare a database under. */
async function takeLock(client: pg.Client): Promise<void> {
  const deadline = Date.now() + LOCK_MS
  const isTaken = async () => {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [
      PREPARATION_LOCK,
    ])
    return rows[0]?.taken ?? false
  }
  while (!(await isTaken())) {
    if (Date.now() > deadline) throw new Error('A server that starts, or another move, is at work on the target.')
    await wait(ASK_AGAIN_MS)
  }
}

async function requireEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ encoding: string; schema: string | null }>(
    `SELECT current_setting('server_encoding') AS encoding, current_schema() AS schema`,
  )
  const [{ encoding = '', schema = null } = {}] = rows
  if (encoding !== 'UTF8')
    throw new Error(`The target is encoded in ${encoding}: make a database with ENCODING 'UTF8'.`)
  if (schema === null) throw new Error("The target has no schema of the role's search_path: make one.")
  const found = (await client.query<{ found: string }>(FOREIGN)).rows.map((row) => row.found)
  if (found.length === 0) return
  const shown = [...found.slice(0, 3), ...(found.length > 3 ? ['…'] : [])].join(', ')
  throw new Error(`The target is not empty, so nothing is moved: ${shown}. Name a database in which nothing is.`)
}
