import { type Reading, readable, unreadable } from './reading.ts'

/**
 * The object that a JSON text holds. What is said of a broken one quotes nothing of it: it has a hash in it. Where the text
 * goes over several lines, `line` is the first of them.
 */
export function parseObject(text: string, line?: number): Reading {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return readable(value)
    return unreadable('It is JSON, but no object.')
  } catch (error) {
    return unreadable(explain(error as SyntaxError, text, line))
  }
}

function explain({ message }: SyntaxError, text: string, line?: number): string {
  const position = Number(
    /at position (\d+)/.exec(message)?.[1] ?? (message.includes('end of JSON') ? text.length : Number.NaN),
  )
  if (Number.isNaN(position)) return 'It is no JSON.'
  if (position >= text.length) return 'It ends in the middle of its JSON.'
  if (line === undefined) return `It is no JSON, from its character ${position + 1} on.`
  return `It is no JSON, from line ${line + text.slice(0, position).split('\n').length - 1} on.`
}
