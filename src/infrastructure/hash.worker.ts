import bcrypt from 'bcrypt'
import type { PasswordHash } from '../services/password-hashes/password-hash.ts'
import { matchesHash } from './matches-hash.ts'

/** Runs in a worker thread, where a synchronous call holds up nobody. */
export const hash = ({ input, cost }: { input: string; cost: number }): string => bcrypt.hashSync(input, cost)

export const compare = ({ input, hash }: { input: string; hash: PasswordHash }): boolean => matchesHash(input, hash)
