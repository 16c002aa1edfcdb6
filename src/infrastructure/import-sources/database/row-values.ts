/** What texts say of yes and no, as PostgreSQL and libraries write them; null where they say something else. */
export function truthOf(text: string | null | undefined): boolean | null {
  if (/^(t|true|1|y|yes)$/i.test(text ?? '')) return true
  return /^(f|false|0|n|no)$/i.test(text ?? '') ? false : null
}

/** Whether an instant is yet to come. */
export function isFuture(text: string | null | undefined, now: Date): boolean {
  return text === 'infinity' || new Date(instantOf(text) ?? 0) > now
}

/**
 * An instant in ISO 8601: PostgreSQL writes it with a space, and an offset of hours only; where it has none, it is in UTC.
 * What is no instant is left as it is, for whoever checks it.
 */
export function instantOf(text: string | null | undefined): string | undefined {
  if (!text) return undefined
  const [, day, time = '00:00:00', offset = '+00', minutes = '00'] = TIMESTAMP.exec(text) ?? []
  if (day === undefined) return text
  const instant = new Date(`${day}T${time}${offset === 'Z' ? 'Z' : `${offset}:${minutes}`}`)
  return Number.isNaN(instant.getTime()) ? text : instant.toISOString()
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d)?:?(\d\d)?)?$/

/** Whether an address was verified: yes, no, the instant at which it was; undefined where nothing is known. */
export function verifiedOf(text: string | null | undefined): boolean | string | undefined {
  return truthOf(text) ?? instantOf(text)
}
