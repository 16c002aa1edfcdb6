import bcrypt from 'bcrypt'
import { eventually } from '../server-process.ts'
import type { TestDatabase } from '../test-database.ts'
import { ADMIN } from '../test-server.ts'
import { type Account, CHANGES, type Change, type Ledger, noChanges, ROLE } from './ledger.ts'
import type { Site } from './site.ts'

export interface Comparison {
  /** How many acknowledged changes are not there, by kind. */
  lost: Record<Change, number>
  /** The same in words, and what is there by half. */
  problems: string[]
}

interface Stored {
  id: string
  passwordHash: string
  roles: string[]
  events: Partial<Record<Change, number>>
}

const AT_ONCE = 16

const STORED = `
  SELECT users.email, users.id, password_hash AS "passwordHash",
    ARRAY (SELECT role FROM user_roles WHERE user_id = users.id) AS roles,
    (SELECT coalesce(jsonb_object_agg(action, count), '{}') FROM (
       SELECT action, count(*) FROM audit_events WHERE subject_id = users.id GROUP BY action) AS counted) AS events
  FROM users WHERE email <> $1`

const HALVES: Record<string, string> = {
  'users without the role that all have': `users WHERE NOT EXISTS
     (SELECT FROM user_roles WHERE user_id = users.id AND role = 'user')`,
  'users without an event of their making': `users WHERE NOT EXISTS
     (SELECT FROM audit_events WHERE subject_id = users.id AND action IN ('registered', 'first_admin_created'))`,
  'events of users that are not there': `audit_events WHERE subject_id IS NOT NULL AND subject_id NOT IN
     (SELECT id FROM users)`,
  'sessions without the event that opened them': `users WHERE
     (SELECT count(*) FROM sessions WHERE user_id = users.id) <>
     (SELECT count(*) FROM audit_events WHERE subject_id = users.id AND action IN ('registered', 'login'))`,
}

/** Holds what was acknowledged against what is there: in the database, and by HTTP as its clients would. */
export async function compare(ledger: Ledger, database: TestDatabase, site: Site): Promise<Comparison> {
  const lost = noChanges()
  const problems = [...ledger.contradictions]
  for (const [what, from] of Object.entries(HALVES)) {
    const count = await database.count(from)
    if (count > 0) problems.push(`${count} ${what}`)
  }
  const rows = await database.query<Stored & { email: string }>(STORED, [ADMIN.email])
  const stored = new Map(rows.map((row) => [row.email, row]))
  const left = [...ledger.accounts]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let account = left.pop(); account; account = left.pop()) await compareOne(account)
    }),
  )
  return { lost, problems }

  async function compareOne(account: Account): Promise<void> {
    const row = stored.get(account.email)
    if (!row) {
      for (const change of CHANGES) missing(account, change, account.acknowledged[change])
      return
    }
    for (const change of CHANGES) compareEvents(account, change, row.events[change] ?? 0)
    const isToggling = account.pending === 'role_granted' || account.pending === 'role_taken'
    if (!isToggling && row.roles.includes(ROLE) !== account.hasRole) {
      missing(account, account.hasRole ? 'role_granted' : 'role_taken', 1)
    }
    const password = passwordOf(account, row)
    if (password === null) missing(account, 'password_changed', 1)
    else await compareByHttp(account, password)
  }

  /** One event for each change that was acknowledged, and perhaps one for the change that was not. */
  function compareEvents(account: Account, change: Change, events: number): void {
    if (change === 'refreshed') return
    const expected = account.acknowledged[change]
    missing(account, change, expected - events)
    const tooMany = events - expected - (account.pending === change ? 1 : 0)
    if (tooMany > 0) problems.push(`${account.email}: ${events} events of ${change}, for ${expected}`)
  }

  async function compareByHttp(account: Account, password: string): Promise<void> {
    const { node } = await site.node()
    const { email, refreshToken, ended, pending } = account
    const isPending = pending === 'refreshed' || pending === 'logout'
    if (refreshToken !== null && !isPending) {
      const status = await node.statusOf('POST', '/refresh', undefined, { refreshToken })
      if (status !== 200) missing(account, 'refreshed', 1)
    }
    for (const tokens of ended) {
      const isRefused = await soon(async () => !(await node.lets(tokens.token)))
      const { status } = await node.send('POST', '/refresh', undefined, { refreshToken: tokens.refreshToken })
      if (!isRefused || status !== 401) missing(account, 'logout', 1)
    }
    const status = await node.statusOf('POST', '/login', undefined, { email, password })
    if (status !== 200) problems.push(`${email}: a login was answered with ${status}`)
  }

  function missing({ email, acknowledged }: Account, change: Change, count: number): void {
    if (count <= 0) return
    lost[change] += count
    problems.push(`${email}: ${count} of ${acknowledged[change]} ${change} lost`)
  }
}

/** A node that was cut off reads what it missed a few seconds later. */
const soon = (holds: () => Promise<boolean>): Promise<boolean> =>
  eventually(holds, 'it holds').then(
    () => true,
    () => false,
  )

/** The one that is stored, of those that it may be: the last acknowledged, or the one that was not. */
function passwordOf({ password, pending, pendingPassword }: Account, { passwordHash }: Stored): string | null {
  const candidates =
    pending === 'password_changed' && pendingPassword !== null ? [password, pendingPassword] : [password]
  return candidates.find((candidate) => bcrypt.compareSync(candidate, passwordHash)) ?? null
}
