/** An error for a person who reads it at a terminal: the message and what caused it, without a stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE') return `${error.message}. Set PORT to another one.`
  return error.cause instanceof Error ? `${error.message}\n  ${explain(error.cause)}` : error.message
}
