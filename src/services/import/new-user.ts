import { v7 as uuidv7 } from 'uuid'
import type { TransferredUser } from '../../repositories/user-transfer.repository.ts'
import { NO_PASSWORD } from '../password-hashes/stored-hash.ts'
import type { Account } from './account.ts'
import { rolesOf } from './changes.ts'

/** What is written of an account that is new here. */
export interface NewUser {
  account: Account
  row: TransferredUser
  roles: string[]
  hasPassword: boolean
}

/** The id begins with the time that the account is from: lists are in the order of ids. */
export function newUserOf(account: Account, now: Date): NewUser {
  const { email, name = null, status = 'active', createdAt = now, roles = [] } = account.user
  return {
    account,
    row: {
      id: uuidv7({ msecs: createdAt.getTime() }),
      email,
      name,
      passwordHash: account.storedHash ?? NO_PASSWORD,
      status,
      emailVerifiedAt: verifiedAt(account, now) ?? null,
      createdAt,
    },
    roles: rolesOf(roles),
    hasPassword: account.storedHash !== null,
  }
}

/** Where a source says no more than that it is verified, it was until now. Undefined where it says nothing. */
export function verifiedAt({ user: { emailVerified } }: Account, now: Date): Date | null | undefined {
  if (emailVerified === true) return now
  return emailVerified === false ? null : emailVerified
}
