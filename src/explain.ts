import { messageOf } from './infrastructure/error-fields.ts'

/**
 * An error for a person who reads it at a terminal: the message and what caused it, without a stack. Where the message
 * would quote what is stored, the name of the error and its code.
 */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return 'Something was thrown that is no error.'
  const { name, code = '', variable = 'PORT' } = error as NodeJS.ErrnoException & { variable?: string }
  const message = messageOf(error) ?? `${name} ${code}`.trim()
  if (code === 'EADDRINUSE') return `${message}. Set ${variable} to another one.`
  return error.cause instanceof Error ? `${message}\n  ${explain(error.cause)}` : message
}
