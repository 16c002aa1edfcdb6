import type { HashCosts } from '../services/password-hashes/hash-costs.ts'
import type { PasswordHash } from '../services/password-hashes/password-hash.ts'
import { workOfHash } from './hash-work.ts'
import { matchesHash } from './matches-hash.ts'

/** What the machine does besides makes a run longer, nothing makes one shorter. */
const RUNS = 5

const PARTS = { salt: 'A'.repeat(22), digest: 'A'.repeat(43) }
const OF_BCRYPT = { salt: '.'.repeat(22), digest: '.'.repeat(31) }
const SCRYPT: PasswordHash = { scheme: 'scrypt', ln: 14, r: 16, p: 1, ...PARTS }
const ARGON2: PasswordHash = { scheme: 'argon2id', m: 65_536, t: 1, p: 1, ...PARTS }

/**
 * One of each scheme, of a few to sixty milliseconds. Those that are made to need memory have more of it than a processor
 * keeps near, as those have that cost much.
 */
const PROBES: Record<PasswordHash['scheme'], PasswordHash> = {
  bcrypt: { scheme: 'bcrypt', cost: 8, ...OF_BCRYPT },
  scrypt: SCRYPT,
  fbscrypt: SCRYPT,
  'pbkdf2-sha1': { scheme: 'pbkdf2-sha1', iterations: 20_000, ...PARTS },
  'pbkdf2-sha256': { scheme: 'pbkdf2-sha256', iterations: 20_000, ...PARTS },
  'pbkdf2-sha512': { scheme: 'pbkdf2-sha512', iterations: 20_000, ...PARTS },
  argon2d: ARGON2,
  argon2i: ARGON2,
  argon2id: ARGON2,
}

/**
 * What hashes cost on this machine. The first of each scheme holds up the thread for a third of a second at most: for
 * commands, not for a server.
 */
export function createHashCosts(): HashCosts {
  const secondsPerWork = new Map<PasswordHash, number>()
  return { secondsOf }

  function secondsOf(hash: PasswordHash): number {
    const probe = PROBES[hash.scheme]
    const rate = secondsPerWork.get(probe) ?? measure(probe)
    secondsPerWork.set(probe, rate)
    return rate * workOfHash(hash)
  }
}

function measure(probe: PasswordHash): number {
  const runs = Array.from({ length: RUNS }, () => {
    const startedAt = performance.now()
    matchesHash('a password', probe)
    return performance.now() - startedAt
  })
  return Math.min(...runs) / 1000 / workOfHash(probe)
}
