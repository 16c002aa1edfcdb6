import { randomInt } from 'node:crypto'
import type { Answer } from './check-answer.ts'

/** Limits as they are by default, behind a proxy that says where a request comes from. */
export const limitedServer = { RATE_LIMITS: 'on', TRUST_PROXY: '127.0.0.1' }

/** A network that no other test has. */
export const someNetwork = (): string => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`

export const fromNetwork = (ip: string): Record<string, string> => ({ 'x-forwarded-for': ip })

/** How many answers have which status. */
export function tally(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
