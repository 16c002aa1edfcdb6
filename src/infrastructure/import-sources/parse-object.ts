import { type Reading, readable, unreadable } from './reading.ts'

/** The object that a JSON text holds. What is said of a broken one quotes nothing of it: it has a hash in it. */
export function parseObject(text: string): Reading {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return readable(value)
    return unreadable('It is JSON, but no object.')
  } catch (error) {
    return unreadable(explain(error as SyntaxError, text.length))
  }
}

function explain({ message }: SyntaxError, length: number): string {
  const position = Number(
    /at position (\d+)/.exec(message)?.[1] ?? (message.includes('end of JSON') ? length : Number.NaN),
  )
  if (Number.isNaN(position)) return 'It is no JSON.'
  return position < length
    ? `It is no JSON, from its character ${position + 1} on.`
    : 'It ends in the middle of its JSON.'
}
