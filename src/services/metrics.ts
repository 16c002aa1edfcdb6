import type { RateLimitName } from './rate-limits.ts'

/** What ends an attempt before it is decided; `failed` is an error that is not the client's doing. */
const UNDECIDED = ['limited', 'overloaded', 'failed'] as const

/** `closed_meanwhile`: the account was disabled, or its password changed, while the right one was being checked. */
export const LOGIN_RESULTS = [
  'ok',
  'wrong_password',
  'unknown_email',
  'disabled',
  'closed_meanwhile',
  ...UNDECIDED,
] as const

export const REGISTRATION_RESULTS = ['ok', 'email_taken', 'weak_password', ...UNDECIDED] as const

/** `repeated`: within the grace time. `over`: the session ended, or never was. `made_up`: never given out by us. */
export const REFRESH_RESULTS = ['rotated', 'repeated', 'reused', 'over', 'made_up', ...UNDECIDED] as const

export type Undecided = (typeof UNDECIDED)[number]
export type LoginResult = (typeof LOGIN_RESULTS)[number]
export type RegistrationResult = (typeof REGISTRATION_RESULTS)[number]
export type RefreshResult = (typeof REFRESH_RESULTS)[number]

/** What services tell operators to count. Nothing here names a person: each argument is one of a few words, or a time. */
export interface Metrics {
  login(result: LoginResult): void
  registration(result: RegistrationResult): void
  refresh(result: RefreshResult): void
  limitReached(limit: RateLimitName): void
  /** A change of rights was heard of, so long after it was recorded, by the clocks of two nodes. */
  changeHeard(afterSeconds: number): void
}
