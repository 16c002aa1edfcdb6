import type { Transaction } from 'sequelize'
import type { UserModel } from '../models/user.model.ts'
import { createStatements } from './statement.ts'
import { allOf, conditionsOf, type UserFilter } from './user-filter.ts'

export interface UserCount {
  total: number
  isEstimate: boolean
}

export type UserCountRepository = ReturnType<typeof createUserCountRepository>

/** Up to here users are counted; above it, the planner's estimate does. */
const COUNTED = 10_000

/** An estimate of a search that is a tenth of all users and so far above rests on enough samples not to be doubted. */
const CERTAIN_SHARE = 0.1
const CERTAIN = 5 * COUNTED

/** What the trigram index can look for: three letters or digits in a row, or anything not ASCII, which is such a row. */
const INDEXED = /[\p{L}\p{N}]{3}|[^\p{ASCII}]/u

/** How many users there are of a kind. */
export function createUserCountRepository(users: UserModel, transaction: Transaction | null = null) {
  const rowsOf = createStatements(users.sequelize, transaction)

  return { count }

  /** Exact up to 10,000. */
  async function count(filter: UserFilter): Promise<UserCount> {
    const estimate = await estimateOf(filter)
    const counted = (await isCertain(filter, estimate)) ? estimate : await countUpTo(COUNTED + 1, filter)
    return counted > COUNTED
      ? { total: Math.max(counted, estimate), isEstimate: true }
      : { total: counted, isEstimate: false }
  }

  /**
   * Only of a search, which is slow to count where much matches; and of no more than that, because the planner takes
   * conditions for independent.
   */
  async function isCertain({ contains, role, status }: UserFilter, estimate: number): Promise<boolean> {
    const isSearchOnly = contains !== undefined && role === undefined && status === undefined
    if (!isSearchOnly || estimate < CERTAIN) return false
    return estimate >= CERTAIN_SHARE * (await estimateOf({}))
  }

  async function countUpTo(limit: number, filter: UserFilter): Promise<number> {
    if (filter.contains !== undefined && INDEXED.test(filter.contains)) await preferIndexes()
    const { bound, bind, inOrder, others, holders } = conditionsOf(filter, null)
    const isRoleOnly = filter.contains === undefined && filter.status === undefined && holders !== null
    const matching = isRoleOnly ? `user_roles WHERE ${allOf(holders)}` : `users WHERE ${allOf([...inOrder, ...others])}`
    const [row] = await rowsOf<{ count: string }>(
      `SELECT count(*) AS count FROM (SELECT FROM ${matching} LIMIT ${bound(limit)}) AS matching`,
      bind,
    )
    return Number(row?.count)
  }

  /** The planner would read the whole table for what it takes for common and evenly spread. */
  async function preferIndexes(): Promise<void> {
    if (!transaction) throw new Error('A setting for one statement needs a transaction.')
    await rowsOf('SET LOCAL enable_seqscan = off', [])
  }

  /** How many PostgreSQL's statistics expect. */
  async function estimateOf(filter: UserFilter): Promise<number> {
    const { inOrder, others, bind } = conditionsOf(filter, null)
    const [row] = await rowsOf<Explanation>(
      `EXPLAIN (FORMAT JSON) SELECT FROM users WHERE ${allOf([...inOrder, ...others])}`,
      bind,
    )
    return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
  }
}

interface Explanation {
  'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }]
}
