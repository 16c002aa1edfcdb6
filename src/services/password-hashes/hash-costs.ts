import type { PasswordHash } from './password-hash.ts'

/** What hashes cost where they are going to be verified. */
export interface HashCosts {
  secondsOf(hash: PasswordHash): number
}

/** A login is answered within so much, and holds a thread meanwhile. */
const MAX_SECONDS = 2

/** Why a hash is too much for a login, to a person; null where it is not. */
export function costProblem(hash: PasswordHash, costs: HashCosts): string | null {
  const seconds = costs.secondsOf(hash)
  if (seconds <= MAX_SECONDS) return null
  const shown = (Math.ceil(seconds * 10) / 10).toFixed(1)
  return `would keep a login waiting for ${shown} s (${costOf(hash)}), more than ${MAX_SECONDS} s`
}

function costOf(hash: PasswordHash): string {
  if (hash.scheme === 'bcrypt') return `bcrypt ${hash.cost}`
  if ('ln' in hash) return `${hash.scheme} ln=${hash.ln},r=${hash.r},p=${hash.p}`
  if ('iterations' in hash) return `${hash.scheme} i=${hash.iterations}`
  return `${hash.scheme} m=${hash.m},t=${hash.t},p=${hash.p}`
}
