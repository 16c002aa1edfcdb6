import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importBeside } from './import-beside.ts'
import { type ImportFiles, makeImportFiles } from './import-files.ts'
import { type MeasuredCommand, measureCommand } from './measured-command.ts'

const USERS = Number(process.env.IMPORT_USERS ?? 1_000_000)

/**
 * `import` of many users from files, and `export` of them, with nobody beside it; and once more with a server on the same
 * database that people log in to. `IMPORT_USERS` makes it shorter.
 */
export async function run(): Promise<string> {
  await using folders = new AsyncDisposableStack()
  const newFolder = async () =>
    folders.adopt(await mkdtemp(join(tmpdir(), 'gatehouse-bench-')), (path) =>
      rm(path, { recursive: true, force: true }),
    )
  const files = await makeImportFiles(await newFolder(), USERS)
  const alone = await importAlone(files, newFolder)
  const rejects = join(await newFolder(), 'rejects')
  const beside = await importBeside((dataDir) =>
    measured(['import', 'ndjson', files.ndjson, '--rejects', rejects], dataDir),
  )
  return [
    `${USERS} users                  seconds    a second    MB at most`,
    ...alone,
    lineOf('ndjson, beside a server', beside.command),
    '',
    ...beside.lines,
  ].join('\n')
}

async function importAlone(files: ImportFiles, newFolder: () => Promise<string>): Promise<string[]> {
  const lines: string[] = []
  for (const [format, file] of Object.entries(files)) {
    const dataDir = await newFolder()
    await measured(['db', 'migrate'], dataDir)
    const importing = ['import', format, file, '--rejects', join(dataDir, 'rejects')]
    lines.push(lineOf(`${format}, a dry run`, await measured([...importing, '--dry-run'], dataDir)))
    lines.push(lineOf(format, await measured(importing, dataDir)))
    if (format !== 'ndjson') continue
    lines.push(lineOf('ndjson, all are there', await measured(importing, dataDir)))
    const exported = join(dataDir, 'exported')
    const command = await measured(['export', '--output', exported], dataDir)
    lines.push(`${lineOf('export', command)}, ${Math.round((await stat(exported)).size / 1e6)} MB written`)
  }
  return lines
}

async function measured(args: readonly string[], dataDir: string): Promise<MeasuredCommand> {
  const command = await measureCommand(args, dataDir)
  if (command.code !== 0) throw new Error(`${args.join(' ')}: ${command.code} ${command.progress}`)
  return command
}

function lineOf(name: string, { seconds, peakMb }: MeasuredCommand): string {
  const figures = [seconds.toFixed(1), String(Math.round(USERS / seconds)), String(Math.round(peakMb))]
  return `${name.padEnd(26)}${figures.map((figure) => figure.padStart(12)).join('')}`
}
