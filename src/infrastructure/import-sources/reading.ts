import type { SourceRecord } from '../../services/import/import-source.ts'

/** What a record says, or why it says nothing. */
export type Reading = Pick<SourceRecord, 'user' | 'problem'>

/** The address is for whoever looks for the account. */
export const unreadable = (problem: string, account: { email?: unknown } | null = null): Reading => ({
  user: account && { email: account.email },
  problem,
})
export const readable = (user: object): Reading => ({ user, problem: null })

export const PROBLEMS = {
  tooLong: unreadable('It is longer than 1 MB.'),
  notUtf8: unreadable('It is not encoded in UTF-8.'),
}

/** An account of another system, in the documented shape. */
export type ToUser = (account: Record<string, unknown>) => Reading
