import type { Transaction } from 'sequelize'
import type { UserModel, UserStatus } from '../models/user.model.ts'
import { createStatements } from './statement.ts'
import type { User } from './user.repository.ts'

export interface UserFilter {
  /** Taken literally, in email or name; case does not count. */
  contains?: string | undefined
  role?: string | undefined
  status?: UserStatus | undefined
}

export interface UserPage {
  items: User[]
  hasMore: boolean
}

export interface UserCount {
  total: number
  isEstimate: boolean
}

export type UserSearchRepository = ReturnType<typeof createUserSearchRepository>

/** Up to here users are counted; above it, the planner's estimate does. */
const COUNTED = 10_000

/** From this share of all users on, an estimate of a search rests on so many samples that it need not be doubted. */
const CERTAIN_SHARE = 0.1

const PAGE = `SELECT id, email, name, status, auth_version AS "authVersion", created_at AS "createdAt",
                updated_at AS "updatedAt", ARRAY(SELECT role FROM user_roles WHERE user_id = users.id ORDER BY role) AS roles
              FROM users`
// As search_text is made, with what LIKE would read otherwise escaped.
const PATTERN = (parameter: string) =>
  `'%' || regexp_replace(search_form(${parameter}), '[\\\\%_]', '\\\\\\&', 'g') || '%'`

/** Lists of users, newest first. Their ids are UUIDs of version 7, so the order of ids is the order of time. */
export function createUserSearchRepository(users: UserModel, transaction: Transaction | null = null) {
  const rowsOf = createStatements(users.sequelize, transaction)

  return { findPage, count }

  /** A keyset page: of those that came before the user `beforeId`. */
  async function findPage(filter: UserFilter, limit: number, beforeId: string | null): Promise<UserPage> {
    const { where, bind } = conditionsOf(filter, beforeId)
    const rows = await rowsOf<User>(`${PAGE} ${where} ORDER BY id DESC LIMIT $${bind.length + 1}`, [...bind, limit + 1])
    return { items: rows.slice(0, limit), hasMore: rows.length > limit }
  }

  /** Exact up to 10,000. */
  async function count(filter: UserFilter): Promise<UserCount> {
    const estimate = await estimateOf(filter)
    const counted = (await isCertain(filter, estimate)) ? estimate : await countUpTo(COUNTED + 1, filter)
    return counted > COUNTED
      ? { total: Math.max(counted, estimate), isEstimate: true }
      : { total: counted, isEstimate: false }
  }

  /** Only a search is worth it: what is looked up by role or status is counted quickly. */
  async function isCertain({ contains }: UserFilter, estimate: number): Promise<boolean> {
    if (contains === undefined || estimate <= COUNTED) return false
    return estimate >= CERTAIN_SHARE * (await estimateOf({}))
  }

  async function countUpTo(limit: number, filter: UserFilter): Promise<number> {
    if (!transaction) throw new Error('A setting for one statement needs a transaction.')
    // The planner would read the whole table where it takes matches for common and evenly spread.
    await rowsOf('SET LOCAL enable_seqscan = off', [])
    const { where, bind } = conditionsOf(filter, null)
    const [row] = await rowsOf<{ count: string }>(
      `SELECT count(*) AS count FROM (SELECT FROM users ${where} LIMIT $${bind.length + 1}) AS matching`,
      [...bind, limit],
    )
    return Number(row?.count)
  }

  /** How many PostgreSQL's statistics expect. */
  async function estimateOf(filter: UserFilter): Promise<number> {
    const { where, bind } = conditionsOf(filter, null)
    const [row] = await rowsOf<Explanation>(`EXPLAIN (FORMAT JSON) SELECT FROM users ${where}`, bind)
    return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
  }
}

interface Explanation {
  'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }]
}

function conditionsOf({ contains, role, status }: UserFilter, beforeId: string | null) {
  const bind: string[] = []
  const bound = (value: string) => `$${bind.push(value)}`
  const conditions: string[] = []
  const before = beforeId === null ? null : bound(beforeId)
  if (before !== null) conditions.push(`id < ${before}`)
  if (status !== undefined) conditions.push(`status = ${bound(status)}`)
  if (contains !== undefined) conditions.push(`search_text LIKE ${PATTERN(bound(contains))}`)
  if (role !== undefined) {
    // The place is told again: else the planner begins with the newest holder of the role, however deep the page is.
    const place = before === null ? '' : ` AND user_id < ${before}`
    conditions.push(`EXISTS (SELECT FROM user_roles WHERE user_id = users.id AND role = ${bound(role)}${place})`)
  }
  return { where: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '', bind }
}
