import { escapeText } from './commands/escape-text.ts'
import type { Operations } from './commands/operations.ts'
import { createProgram } from './commands/program.ts'
import { describeFailure } from './describe-failure.ts'
import { safeJson } from './schemas/safe-json.ts'

/** `npm run gatehouse -- <command>`: what operators do beside the running servers, on the same database. */
if (import.meta.main) await main()

async function main(): Promise<void> {
  const isJson = process.argv.includes('--json')
  const fail = (error: unknown) => endWith(error, isJson)
  // Node would print all that is on an error, rows and statements too.
  process.on('uncaughtException', (error) => {
    fail(error)
    process.exit()
  })
  process.stdout.on('error', (error) => {
    if (!isReadNoMore(error)) throw error
  })
  await createProgram(lazyOperations(), { isJson }).parseAsync().catch(fail)
}

/** Help asks for no database: all that works on one is loaded by the first command that does. */
function lazyOperations(): Operations {
  const load = async () => (await import('./create-operations.ts')).createOperations()
  return {
    withContainer: async (work) => (await load()).withContainer(work),
    migrateDatabase: async () => (await load()).migrateDatabase(),
    listChanges: async () => (await load()).listChanges(),
    moveDatabase: async (...move) => (await load()).moveDatabase(...move),
    importUsers: async (...users) => (await load()).importUsers(...users),
  }
}

/** Whoever reads our output has seen enough. */
function isReadNoMore(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPIPE'
}

function endWith(error: unknown, isJson: boolean): void {
  if (isReadNoMore(error)) return
  const { code, message, exitCode } = describeFailure(error)
  process.exitCode = exitCode
  if (exitCode === 0) return
  if (isJson) process.stderr.write(`${safeJson({ error: { code, message } })}\n`)
  // Commander has said it.
  else if (code !== 'usage') process.stderr.write(`${message.split('\n').map(escapeText).join('\n')}\n`)
  // What was cut off may wait for something still, such as a line of standard input.
  if (code === 'interrupted') process.exit()
}
