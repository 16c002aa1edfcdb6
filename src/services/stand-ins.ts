import { createHmac } from 'node:crypto'
import { type AppSecrets, deriveKey } from './derive-key.ts'

/** Of the random digits that an id ends with; `user.repository.ts` compares with these. */
const DIGITS = 12

export type StandIns = ReturnType<typeof createStandIns>

/**
 * Whose hash an unknown address is compared with, so that it costs what an account here costs: any account, but the same
 * each time, and nobody outside can tell which, nor find another address that leads to it. See
 * docs/decisions/0028-hashes-of-other-systems.md.
 */
export function createStandIns({ current }: AppSecrets) {
  const key = deriveKey(current, 'stand-ins')
  return { pointOf }

  /** A point on the circle of accounts: the next one stands in. `email` is normalised. */
  function pointOf(email: string): string {
    return createHmac('sha256', key).update(email).digest('hex').slice(0, DIGITS)
  }
}
