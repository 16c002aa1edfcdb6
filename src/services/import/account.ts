import { USER_ROLE } from '../builtin-roles.ts'
import type { PasswordHash } from '../password-hashes/password-hash.ts'
import { readImportedHash } from '../password-hashes/stored-hash.ts'
import { fitIntoToken } from '../roles-in-token.ts'
import type { SourceRecord } from './import-source.ts'
import type { ImportedUser, ReadUser } from './imported-user.ts'

/** An account that can be written, from its place in the source. */
export interface Account extends Place {
  user: ImportedUser
  /** What the password hash is stored as; null where the source has none. */
  storedHash: string | null
}

/** A record that cannot be imported. */
export interface Reject extends Place {
  email: string | null
  reason: string
}

export type Place = Pick<SourceRecord, 'number' | 'line'>

export interface AccountRules {
  readUser: ReadUser
  /** What is against a hash that a login would have to wait for; null where nothing is. */
  costProblem(hash: PasswordHash): string | null
}

export type ReadAccount = ReturnType<typeof createReadAccount>

type Reading = Pick<Account, 'user' | 'storedHash'> | { problem: string }

/** Makes an account of each record, or a reject. */
export function createReadAccount({ readUser, costProblem }: AccountRules) {
  return readAccount

  function readAccount({ number, line, user: record, problem }: SourceRecord): Account | Reject {
    const reading = record === null || problem !== null ? { problem: problem ?? 'cannot be read' } : read(record)
    if ('problem' in reading) return { number, line, email: emailIn(record), reason: reading.problem }
    return { number, line, ...reading }
  }

  function read(record: object): Reading {
    const shaped = readUser(record)
    if ('problem' in shaped) return shaped
    const { user } = shaped
    if (!fitIntoToken([USER_ROLE, ...(user.roles ?? [])])) return { problem: 'roles do not fit into a token' }
    const hash = storedHashOf(user)
    return 'problem' in hash ? { problem: `passwordHash ${hash.problem}` } : { user, storedHash: hash.stored }
  }

  function storedHashOf({ passwordHash, passwordForm }: ImportedUser): { stored: string | null } | { problem: string } {
    if (passwordHash === undefined || passwordHash === null) return { stored: null }
    const reading = readImportedHash(passwordHash, passwordForm)
    if ('problem' in reading || reading.hash === null) return reading
    const problem = costProblem(reading.hash)
    return problem === null ? reading : { problem }
  }
}

/** For whoever looks for it, whatever it is worth. */
function emailIn(record: object | null): string | null {
  const { email } = (record ?? {}) as { email?: unknown }
  return typeof email === 'string' ? email.slice(0, 254) : null
}

export function takenBy({ number, line, user }: Account): Reject {
  return { number, line, email: user.email, reason: 'there is an account with this email' }
}

export const isReject = (outcome: Account | Reject): outcome is Reject => 'reason' in outcome
