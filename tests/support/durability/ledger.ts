/** What a client can do, by the name of its event in the audit trail; a refresh has none. */
export type Change =
  | 'registered'
  | 'login'
  | 'logout'
  | 'password_changed'
  | 'role_granted'
  | 'role_taken'
  | 'refreshed'

export const CHANGES: readonly Change[] = [
  'registered',
  'login',
  'logout',
  'password_changed',
  'role_granted',
  'role_taken',
  'refreshed',
]

/** The one role that is given and taken. */
export const ROLE = 'editor'

/** An account as its client knows it: what the server has acknowledged, and the one change that it has not. */
export interface Account {
  email: string
  /** Null until a registration is acknowledged. */
  id: string | null
  password: string
  hasRole: boolean
  /** Of the session that is open; null where none is known to be. */
  refreshToken: string | null
  token: string
  /** The last tokens of sessions whose end was acknowledged. */
  ended: { token: string; refreshToken: string }[]
  acknowledged: Record<Change, number>
  /** What was asked and never answered, or answered with "not now": it may have happened, or not. */
  pending: Change | null
  /** The password that it becomes where that was a change of it. */
  pendingPassword: string | null
}

/** Everything that clients were promised. */
export interface Ledger {
  accounts: Account[]
  /** How many changes were acknowledged, of all kinds. */
  acknowledged: number
  /** Answers that make no sense after what was acknowledged before. */
  contradictions: string[]
  /** Registrations that were not acknowledged and came again: made then, or there already. */
  repeated: { made: number; there: number }
}

export const newLedger = (): Ledger => ({
  accounts: [],
  acknowledged: 0,
  contradictions: [],
  repeated: { made: 0, there: 0 },
})

export const noChanges = (): Record<Change, number> =>
  Object.fromEntries(CHANGES.map((change) => [change, 0])) as Record<Change, number>

/** How many changes of each kind were acknowledged. */
export function countAcknowledged({ accounts }: Pick<Ledger, 'accounts'>): Record<Change, number> {
  const sum = noChanges()
  for (const { acknowledged } of accounts) for (const change of CHANGES) sum[change] += acknowledged[change]
  return sum
}
