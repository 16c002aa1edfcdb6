import type { PasswordForm } from '../password-hashes/password-hash.ts'

/** An account in the documented shape. What is undefined the source does not say. */
export interface ImportedUser {
  /** Normalised. */
  email: string
  name?: string | null | undefined
  passwordHash?: string | null | undefined
  passwordForm: PasswordForm
  roles?: string[] | undefined
  status?: 'active' | 'disabled' | undefined
  /** Or since when. */
  emailVerified?: boolean | Date | undefined
  createdAt?: Date | undefined
}

/** Checks the shape of a record, or says to a person what is the matter with it. */
export type ReadUser = (record: object) => { user: ImportedUser } | { problem: string }
