import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** A command that the README shows, and the answer that it promises, where it shows one. */
export interface Example {
  command: string
  answer: unknown
}

/** The `sh` blocks of one section, each with the `json` block behind it. */
export function examplesOf(markdown: string, section: string): Example[] {
  const text = markdown.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? ''
  const blocks = [...text.matchAll(/^```(sh|json)\n(.*?)^```$/gms)].map(([, kind, content = '']) => ({ kind, content }))
  return blocks.flatMap(({ kind, content }, index) => {
    if (kind !== 'sh') return []
    const next = blocks[index + 1]
    return [{ command: content, answer: next?.kind === 'json' ? JSON.parse(next.content) : undefined }]
  })
}

/** Runs the commands one after the other in one shell, and gives what each wrote to standard output. */
export async function runInOneShell(commands: readonly string[]): Promise<string[]> {
  const script = commands.join('\nprintf "\\036"\n')
  const { stdout } = await promisify(execFile)('bash', ['-c', script])
  return stdout.split('\u001e')
}

/** `…` stands for any text; everything else must be as shown, and nothing more. */
export function assertAsShown(actual: unknown, shown: unknown): void {
  assert.deepEqual(blank(actual, shown), shown)
}

function blank(actual: unknown, shown: unknown): unknown {
  if (shown === '…') return typeof actual === 'string' ? shown : actual
  if (Array.isArray(actual) && Array.isArray(shown)) return actual.map((item, index) => blank(item, shown[index]))
  if (typeof actual !== 'object' || actual === null || typeof shown !== 'object' || shown === null) return actual
  const known = shown as Record<string, unknown>
  return Object.fromEntries(Object.entries(actual).map(([key, value]) => [key, blank(value, known[key])]))
}
