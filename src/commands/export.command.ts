import { createWriteStream, rmSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import type { Container } from '../container.ts'
import { presentExportedUser } from '../schemas/imported-user.schema.ts'
import { safeJson } from '../schemas/safe-json.ts'
import type { OnProgress } from '../services/import/import-request.ts'
import { resolveFile } from './file-argument.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import type { Operations } from './operations.ts'
import { showingProgress } from './progress.ts'
import { writePieces } from './write-answer.ts'

interface ExportOptions extends AnswerOptions {
  output?: string
}

export function addExportCommand(program: Command, { withContainer }: Operations): void {
  addLeaf(program, 'export', {
    description: 'write all users with their password hashes, as newline-delimited JSON',
    examples: ['gatehouse export --output users.ndjson', 'gatehouse export | gzip > users.ndjson.gz'],
    notes: `It is recorded in the audit trail. Whoever has the file can guess passwords as fast as their machine goes: keep it as
you keep the database. A line is what "import ndjson" reads: passwordHash is what bcrypt, or the system that somebody
came from, made of the password; passwordForm "gatehouse" is bcrypt of the password in Unicode's form NFC, and where
that has more than 72 bytes, of its SHA-256 in base64.`,
  })
    .option('--output <file>', 'a new file, for its owner only, in place of standard output')
    .action(({ output }: ExportOptions) =>
      withContainer((container) =>
        showingProgress((onProgress) => {
          const lines = linesOf(container, onProgress)
          return output === undefined ? writePieces(lines) : writeFile(resolveFile(output), lines)
        }),
      ),
    )
}

async function* linesOf({ userExport }: Container, onProgress: OnProgress): AsyncGenerator<string> {
  const of = await userExport.count()
  let done = 0
  for await (const users of userExport.all()) {
    yield users.map((user) => `${safeJson(presentExportedUser(user))}\n`).join('')
    done += users.length
    onProgress({ done, of, users: done })
  }
}

/** Throws where there is a file of this name. A part of an export would be taken for all of it, so none is left behind. */
async function writeFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  const remove = () => rmSync(path)
  file.once('open', () => process.once('exit', remove))
  await pipeline(lines, file)
  process.off('exit', remove)
}
