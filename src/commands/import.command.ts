import { type Command, InvalidArgumentError, Option } from 'commander'
import { newRole } from '../schemas/role.schema.ts'
import type { ImportRequest, NamedSource } from '../services/import/import-request.ts'
import { CommandFailed } from './command-failed.ts'
import { type ConfirmOptions, confirm } from './confirm.ts'
import { resolveFile } from './file-argument.ts'
import { FORMATS, type Format, type SourceOptions } from './import-formats.ts'
import { writeReport } from './import-report.ts'
import { type AnswerOptions, addLeaf, asTyped } from './leaf.ts'
import type { Operations } from './operations.ts'
import { showingProgress } from './progress.ts'
import { readAs } from './read-argument.ts'

interface ImportOptions extends AnswerOptions, ConfirmOptions, SourceOptions {
  dryRun?: boolean
  existing: ImportRequest['existing']
  mapRole: ImportRequest['roleNames']
  rejects: string
  restart?: boolean
}

/** Some lines were not imported. */
const LEFT_OUT = 3

const OVERVIEW = `
Whoever comes along logs in with the password they have: it is verified as the other system hashed it, and hashed anew.
Begin with --dry-run: it writes nothing, and says what would come of it.

Roles come along by their names, and those that are missing are made, 1,000 at most. Whoever has the role admin there
administers here: --map-role admin=editor makes it another role, --map-role admin= none. Everybody has the role user.

What cannot be imported goes to the file of --rejects, a line of JSON each: its number and line in the source, the email
and the reason. So does who has an account here already and is left as they are. Each run, dry or not, writes the file
anew; only what goes on where it was cut off needs the one from before. Two at the same time need two of them.

With --existing update, an account that is here gets the name, the password hash, the status, the verification and the
roles that the source has, and loses other roles; what the source does not say stays. It keeps its id and its creation
time. With another password, or disabled, its sessions end. The last administrator stays one.

An import that is cut off goes on where it was: run the same command on the same source. Nobody comes in twice.
With --restart it begins with the first record; who came in before is here already then.`

const GO_ON = 'Interrupted. What is imported stays; the same command goes on from there.'

const SEE_OVERVIEW = `\nRoles, rejects, --existing update and what to do after an interruption: ${asTyped('gatehouse import --help')}`

export function addImportCommands(program: Command, operations: Operations): void {
  const group = program
    .command('import')
    .description('bring in the users of another system, with their passwords')
    .addHelpText('after', OVERVIEW)
  for (const format of FORMATS) addFormat(group, operations, format)
}

function addFormat(
  group: Command,
  operations: Operations,
  { name, argument, options = [], toSource, ...leaf }: Format,
): void {
  const command = addLeaf(group, name, leaf)
    .argument(...argument)
    .option('--dry-run', 'write nothing, and say what would come of it')
    .addOption(
      new Option('--existing <what>', 'leave accounts that are here already, or make them what the source says')
        .choices(['leave', 'update'])
        .default('leave'),
    )
    .addOption(
      new Option('--map-role <old=new>', 'import a role under another name, or with nothing behind the "=" not at all')
        .argParser(addRoleName)
        .default([], 'as they are, but for those given; can be given again'),
    )
    .option('--rejects <file>', 'what is not imported, with line and reason; written anew', 'import-rejects.ndjson')
    .option('--restart', 'begin with the first record, also where an earlier run was cut off')
    .option('--yes', 'do not ask before accounts are updated')
  for (const option of options) command.addOption(option)
  command.addHelpText('after', SEE_OVERVIEW)
  command.action(async (argument: string, given: ImportOptions) =>
    importFrom(toSource(argument, given), given, operations),
  )
}

function addRoleName(text: string, before: ImportRequest['roleNames']): ImportRequest['roleNames'] {
  const [, old, name] = /^(.+)=([^=]*)$/.exec(text) ?? []
  if (old === undefined || name === undefined)
    throw new InvalidArgumentError('It is the old name, a "=" and the new one.')
  return [...before, [old, name === '' ? null : readRole(name)]]
}

async function importFrom(
  source: NamedSource,
  { dryRun = false, existing, mapRole, rejects, restart = false, ...options }: ImportOptions,
  { importUsers }: Operations,
): Promise<void> {
  if (existing === 'update' && !dryRun) {
    await confirm('Accounts that are here become what the source says, their passwords too. Go on?', options)
  }
  const rejectsFile = resolveFile(rejects)
  const request = { source, existing, dryRun, restart, roleNames: mapRole, rejectsFile }
  const report = await showingProgress((onProgress) => importUsers(request, onProgress)).catch((error: unknown) => {
    throw isInterruption(error) && !dryRun ? new CommandFailed(error.code, GO_ON) : error
  })
  writeReport(options, report, rejectsFile)
  if (report.rejected > 0) process.exitCode = LEFT_OUT
}

const readRole = readAs(newRole.shape.name)

const isInterruption = (error: unknown): error is CommandFailed =>
  error instanceof CommandFailed && error.code === 'interrupted'
