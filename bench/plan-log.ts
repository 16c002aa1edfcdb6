import { readFile, stat } from 'node:fs/promises'
import pg from 'pg'
import type { Gatehouse } from './gatehouse.ts'

/** A statement as the server sent it, and the plan as the database carried it out. */
export interface LoggedPlan {
  statement: string
  /** Of its bound parameters; null where it has none. */
  parameters: string | null
  plan: string
}

const SETTINGS = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
}

/** Settings of a database count for new connections; the server makes new ones for those that it loses. */
const RENEW_CONNECTIONS = `
  SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'gatehouse'`

/** From now on the database writes the plan of every statement of the server into its log. */
export async function logPlans(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    for (const [name, value] of Object.entries(SETTINGS)) {
      await client.query(`ALTER DATABASE postgres SET ${name} = '${value}'`)
    }
    await client.query(RENEW_CONNECTIONS)
  } finally {
    await client.end()
  }
}

/** The plans of what the server asks its database while `work` is done; see `logPlans`. */
export async function plansOf({ databaseLog }: Gatehouse, work: () => Promise<unknown>): Promise<LoggedPlan[]> {
  const { size } = await stat(databaseLog)
  await work()
  const log = (await readFile(databaseLog)).subarray(size).toString()
  // A statement is logged before it is answered. All lines of a message but the first begin with a tab.
  return [...log.matchAll(/LOG: {2}duration: .* plan:\n((?:\t.*\n)+)/g)].map(([, message = '']) => parse(message))
}

function parse(message: string): LoggedPlan {
  const lines = message.split('\n').map((line) => line.slice(1))
  const planAt = lines.findIndex((line) => line.includes('(cost='))
  const parametersAt = lines.findIndex((line) => line.startsWith('Query Parameters: '))
  const statement = lines.slice(0, parametersAt === -1 ? planAt : parametersAt).join(' ')
  return {
    statement: shortened(statement.replace('Query Text: ', '').replaceAll(/\s+/g, ' ')),
    parameters: parametersAt === -1 ? null : shortened(lines[parametersAt]?.replace('Query Parameters: ', '') ?? ''),
    plan: shortened(withoutCosts(lines.slice(planAt).join('\n').trimEnd())),
  }
}

/** Of a plan that was only asked for, by an EXPLAIN of the server's, the rows are what it asked for. */
function withoutCosts(plan: string): string {
  return plan
    .replaceAll(/\(cost=[^)]*\) (?=\()/g, '')
    .replaceAll(/\(cost=\S+ rows=(\d+) width=\d+\)/g, '($1 rows expected)')
}

/** Hashes and ids in literals say nothing here. */
function shortened(text: string): string {
  return text.replaceAll(/'(?:[^']|'')*'/g, (literal) => (literal.length > 32 ? `${literal.slice(0, 9)}…'` : literal))
}
