import type { UserStatus } from '../models/user.model.ts'

export interface UserFilter {
  /** Taken literally, in email or name; case does not count. */
  contains?: string | undefined
  role?: string | undefined
  status?: UserStatus | undefined
}

/** What a statement asks of users, with the values that it binds. */
export interface UserConditions {
  /** Bound as the next parameter; gives its name. */
  bound(value: unknown): string
  bind: unknown[]
  /** What the primary key or the status's index answers: conditions that a list in order of ids can be walked by. */
  inOrder: string[]
  /** What has to be looked at for each user. */
  others: string[]
  /** Conditions on user_roles, where a role is asked for. */
  holders: string[] | null
}

/** `beforeId` is the place of a keyset page: of those that came before this user. */
export function conditionsOf({ contains, role, status }: UserFilter, beforeId: string | null): UserConditions {
  const bind: unknown[] = []
  const bound = (value: unknown) => `$${bind.push(value)}`
  const before = beforeId === null ? null : bound(beforeId)
  // The place is told again: else the planner begins with the newest holder of the role, however deep the page is.
  const holders =
    role === undefined ? null : [`role = ${bound(role)}`, ...(before === null ? [] : [`user_id < ${before}`])]
  return {
    bound,
    bind,
    holders,
    inOrder: [
      ...(before === null ? [] : [`id < ${before}`]),
      ...(status === undefined ? [] : [`status = ${bound(status)}`]),
    ],
    others: [
      ...(contains === undefined ? [] : [`search_text LIKE ${pattern(bound(contains))}`]),
      ...(holders === null ? [] : [`EXISTS (SELECT FROM user_roles WHERE user_id = users.id AND ${allOf(holders)})`]),
    ],
  }
}

export const allOf = (conditions: readonly string[]): string => conditions.join(' AND ') || 'true'

/** As the column was made (see its migration), with what LIKE would read otherwise escaped. */
const pattern = (parameter: string): string =>
  `'%' || regexp_replace(search_form(${parameter}), '[%_]', '\\\\\\&', 'g') || '%'`
