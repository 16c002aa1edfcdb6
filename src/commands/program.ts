import { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { addAdminCommands } from './admin.command.ts'
import { addAuditCommands } from './audit.command.ts'
import { addCompletionCommand } from './completion.command.ts'
import { addDbCommands } from './db.command.ts'
import { addExportCommand } from './export.command.ts'
import { addImportCommands } from './import.command.ts'
import { addKeysCommands } from './keys.command.ts'
import { asTyped } from './leaf.ts'
import type { Operations } from './operations.ts'
import { addRoleCommands } from './role.command.ts'
import { addSessionCommands } from './session.command.ts'
import { addUserCommands } from './user.command.ts'

/** Every command, in the order of the help: a file each, which adds a group with `addLeaf` below it, or one leaf. */
const COMMANDS: readonly ((program: Command, operations: Operations) => void)[] = [
  addAdminCommands,
  addUserCommands,
  addRoleCommands,
  addSessionCommands,
  addKeysCommands,
  addAuditCommands,
  addImportCommands,
  addExportCommand,
  addDbCommands,
  addCompletionCommand,
]

const HELP = `
Examples:
  $ ${asTyped('gatehouse user list --query ada')}
  $ ${asTyped('gatehouse admin grant ada@example.com')}
  $ ${asTyped('gatehouse audit list --json > events.json')}
--help behind any of them tells more, with examples: ${asTyped('gatehouse user create --help')}
Behind "npm run --silent" npm writes no lines of its own into the output.

It works on the database of DATABASE_URL (with APP_SECRET), from the environment or .env; without one, on the embedded
database in DATA_DIR, whether a server has it running or not. Running servers learn of every change at once.

Results go to standard output, everything else to standard error. With --json a result is one JSON document, with the
fields of the HTTP API, and an error is {"error":{"code":"…","message":"…"}}.

Exit codes:
  0    done
  1    refused or failed, or a check has found something
  2    wrong command line or configuration
  3    an import has rejected records
  130  interrupted`

/** The whole command line. Throws commander's errors instead of ending the process; `isJson` keeps it from writing them. */
export function createProgram(operations: Operations, { isJson = false } = {}): Command {
  const program = new Command('gatehouse')
    .version(packageJson.version)
    .description(`${packageJson.description}\nWhat operators do beside the running servers, on the same database.`)
    .usage('<command>')
    .exitOverride()
    .showHelpAfterError('Add --help to see what there is.')
    .configureOutput({ outputError: (text, write) => write(isJson ? '' : text) })
    .addHelpText('after', HELP)
  if (isJson) program.showHelpAfterError(false)
  for (const add of COMMANDS) add(program, operations)
  for (const group of program.commands.filter(({ commands }) => commands.length > 0))
    group.summary(`${group.description()}: ${group.commands.map((command) => command.name()).join(', ')}`)
  return program
}
