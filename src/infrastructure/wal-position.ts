/** Where the primary's write-ahead log had come to, and when (`performance.now()`). */
interface Mark {
  position: string
  at: number
}

/** Positions of the last seconds, one of each, are enough to tell who is further behind than that. */
const KEPT = 12
const APART_MS = 900

export type WalPositions = ReturnType<typeof createWalPositions>

/** What is known of the primary's positions, so that it can be told how old what a standby shows is. */
export function createWalPositions() {
  let marks: readonly Mark[] = []
  let last: Mark | null = null

  return { note, latest: () => last?.position ?? null, behindMs }

  function note(position: string): void {
    last = { position, at: performance.now() }
    const isDue = last.at - (marks.at(-1)?.at ?? Number.NEGATIVE_INFINITY) > APART_MS
    if (isDue) marks = [...marks, last].slice(-KEPT)
  }

  /**
   * How long a standby that shows everything until `replayed` has been missing something when the primary was last heard
   * of; infinite where it shows nothing that is known here. While the primary is away, whoever has all that it is known
   * to have written is not behind.
   */
  function behindMs(replayed: string): number {
    if (last === null) return Number.POSITIVE_INFINITY
    // The latest first: behind a failover that lost something, positions go back.
    const shown = [...marks, last].findLast(({ position }) => numberOf(position) <= numberOf(replayed))
    return shown ? last.at - shown.at : Number.POSITIVE_INFINITY
  }
}

/** PostgreSQL writes 64 bits as two hexadecimal halves (pg_lsn). */
function numberOf(position: string): bigint {
  const [high = '0', low = '0'] = position.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}
