import type { Transaction } from 'sequelize'
import type { UserModel } from '../models/user.model.ts'
import { createStatements } from './statement.ts'
import type { User } from './user.repository.ts'
import { SHOWN_USER } from './user-columns.ts'
import { allOf, conditionsOf, type UserFilter } from './user-filter.ts'

export type { UserFilter }

export interface UserPage {
  items: User[]
  hasMore: boolean
  /** How many there are on all pages, where that came to be known on the way. */
  total: number | null
}

export type UserSearchRepository = ReturnType<typeof createUserSearchRepository>

/** How many of the newest a search walks through, some milliseconds, before it takes its word for rare. */
const WALKED = 20_000

const SHOWN = `SELECT ${SHOWN_USER}`

/** Lists of users, newest first. Their ids are UUIDs of version 7, so the order of ids is the order of time. */
export function createUserSearchRepository(users: UserModel, transaction: Transaction | null = null) {
  const rowsOf = createStatements(users.sequelize, transaction)

  return { findPage }

  /** A keyset page: of those that came before the user `beforeId`. */
  async function findPage(filter: UserFilter, limit: number, beforeId: string | null): Promise<UserPage> {
    const { rows, total } = await find(filter, limit + 1, beforeId)
    return { items: rows.slice(0, limit), hasMore: rows.length > limit, total }
  }

  /**
   * The planner takes what it looks for to be spread evenly over all users. Where holders of a role or matches of a
   * search are all old, it would walk through a million users for a page; so a role is asked for its newest holders,
   * and a search walks only so far.
   */
  async function find(filter: UserFilter, limit: number, beforeId: string | null): Promise<Found> {
    if (filter.contains !== undefined) return search(filter, limit, beforeId)
    const isRoleOnly = filter.role !== undefined && filter.status === undefined
    const rows = await (isRoleOnly ? holders : inOrder)(filter, limit, beforeId)
    return { rows, total: null }
  }

  async function search(filter: UserFilter, limit: number, beforeId: string | null): Promise<Found> {
    const rows = await amongNewest(filter, limit, beforeId)
    return rows.length === limit ? { rows, total: null } : amongAll(filter, limit, beforeId)
  }

  function inOrder(filter: UserFilter, limit: number, beforeId: string | null): Promise<User[]> {
    const { inOrder, others, bound, bind } = conditionsOf(filter, beforeId)
    return rowsOf(
      `${SHOWN} FROM users WHERE ${allOf([...inOrder, ...others])} ORDER BY id DESC LIMIT ${bound(limit)}`,
      bind,
    )
  }

  function holders(filter: UserFilter, limit: number, beforeId: string | null): Promise<User[]> {
    const { holders, bound, bind } = conditionsOf(filter, beforeId)
    const newest = `SELECT user_id FROM user_roles WHERE ${allOf(holders ?? [])} ORDER BY user_id DESC LIMIT ${bound(limit)}`
    return rowsOf(`${SHOWN} FROM users WHERE id IN (${newest}) ORDER BY id DESC`, bind)
  }

  function amongNewest(filter: UserFilter, limit: number, beforeId: string | null): Promise<User[]> {
    const { inOrder, others, bound, bind } = conditionsOf(filter, beforeId)
    const newest = `SELECT * FROM users WHERE ${allOf(inOrder)} ORDER BY id DESC LIMIT ${WALKED}`
    return rowsOf(
      `${SHOWN} FROM (${newest}) AS users WHERE ${allOf(others)} ORDER BY id DESC LIMIT ${bound(limit)}`,
      bind,
    )
  }

  /** Collects all matches, whichever page is asked for, and so counts them. */
  async function amongAll(filter: UserFilter, limit: number, beforeId: string | null): Promise<Found> {
    const { inOrder, others, bound, bind } = conditionsOf(filter, null)
    const found = `WITH found AS MATERIALIZED (SELECT id FROM users WHERE ${allOf([...inOrder, ...others])})`
    const place = beforeId === null ? 'true' : `id < ${bound(beforeId)}`
    const newest = `SELECT id FROM found WHERE ${place} ORDER BY id DESC LIMIT ${bound(limit)}`
    const rows = await rowsOf<User & { total: string }>(
      `${found} ${SHOWN}, (SELECT count(*) FROM found) AS total FROM users WHERE id IN (${newest}) ORDER BY id DESC`,
      bind,
    )
    const [first] = rows
    if (first) return { rows, total: Number(first.total) }
    return { rows, total: beforeId === null ? 0 : null }
  }
}

interface Found {
  rows: User[]
  total: number | null
}
