import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ImportRequest, NamedSource } from '../services/import/import-request.ts'
import { type ConfirmOptions, confirm, YES_OPTION } from './confirm.ts'
import { resolveFile } from './file-argument.ts'
import { FORMATS, type Format, type SourceOptions } from './import-formats.ts'
import { writeReport } from './import-report.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import type { Operations } from './operations.ts'
import { showingProgress } from './progress.ts'

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
Begin with --dry-run: it writes nothing, and says what would come of it.`

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
      new Option('--existing <what>', 'what becomes of accounts that are here already')
        .choices(['leave', 'update'])
        .default('leave'),
    )
    .addOption(
      new Option('--map-role <old=new>', 'import a role under another name, or with nothing behind the "=" not at all')
        .argParser(addRoleName)
        .default([], 'as they are; can be given again'),
    )
    .option('--rejects <file>', 'where records go that are not imported, with the reason', 'import-rejects.ndjson')
    .option('--restart', 'begin anew where an earlier run was cut off')
    .option(...YES_OPTION)
  for (const option of options) command.addOption(option)
  command.action(async (argument: string, given: ImportOptions) =>
    importFrom(toSource(argument, given), given, operations),
  )
}

function addRoleName(text: string, before: ImportRequest['roleNames']): ImportRequest['roleNames'] {
  const [, old, name] = /^(.+)=([^=]*)$/.exec(text) ?? []
  if (old === undefined || name === undefined)
    throw new InvalidArgumentError('It is the old name, a "=" and the new one.')
  return [...before, [old, name || null]]
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
  const report = await showingProgress((onProgress) => importUsers(request, onProgress))
  writeReport(options, report, rejectsFile)
  if (report.rejected > 0) process.exitCode = LEFT_OUT
}
