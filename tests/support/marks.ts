import { randomBytes } from 'node:crypto'

/** Secrets that occur nowhere else, and are recognised in whatever form they turn up again. */
export interface Marks {
  /** A new one: letters and digits, so that it can stand anywhere. */
  make(name: string): string
  /** One that comes from elsewhere. It is recognised as it is. */
  keep(name: string, secret: string): void
  /** The names of those that a text holds. */
  foundIn(text: string): string[]
}

export function createMarks(): Marks {
  // All have the beginning in common, so that a long text need not be searched for each.
  const core = `m${randomBytes(8).toString('hex')}`
  const made: string[] = []
  const kept = new Map<string, string>()
  return { make, keep, foundIn }

  function make(name: string): string {
    return `${core}${String(made.push(name) - 1).padStart(6, '0')}`
  }

  function keep(name: string, secret: string): void {
    kept.set(secret, name)
  }

  function foundIn(text: string): string[] {
    const inClear = [...text.matchAll(new RegExp(`${core}(\\d{6})`, 'gi'))].map(
      ([, index]) => made[Number(index)] ?? core,
    )
    const encoded = formsOf(core).flatMap(([form, shown]) => (text.includes(shown) ? [`a secret in ${form}`] : []))
    const others = [...kept].flatMap(([secret, name]) => (text.includes(secret) ? [name] : []))
    return [...new Set([...inClear, ...encoded, ...others])]
  }
}

function formsOf(secret: string): [form: string, shown: string][] {
  const hex = Buffer.from(secret).toString('hex')
  return [
    ['hexadecimal', hex],
    ['hexadecimal', hex.toUpperCase()],
    ['percent-encoding', hex.replaceAll(/../g, '%$&')],
    ['percent-encoding', hex.toUpperCase().replaceAll(/../g, '%$&')],
    ['escapes', hex.replaceAll(/../g, '\\u00$&')],
    ...[0, 1, 2].flatMap((offset): [string, string][] => [
      ['base64', encodedAt(offset, secret, 'base64')],
      ['base64', encodedAt(offset, secret, 'base64url')],
    ]),
  ]
}

/** What of an encoding is the same whatever stands around the secret, `offset` bytes behind a multiple of three. */
function encodedAt(offset: number, secret: string, encoding: 'base64' | 'base64url'): string {
  const encoded = Buffer.from('\0'.repeat(offset) + secret).toString(encoding)
  return encoded.replace(/=*$/, '').slice(Math.ceil((offset * 4) / 3), -1)
}
