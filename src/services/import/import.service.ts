import { createHash } from 'node:crypto'
import type { ImportProgress, ImportState } from '../../repositories/import.repository.ts'
import type { Atomically, Repositories } from '../../repositories/repositories.ts'
import { record } from '../audit-trail.ts'
import type { Clock } from '../clock.ts'
import { SERVER } from '../origin.ts'
import type { PasswordHash } from '../password-hashes/password-hash.ts'
import { createReadAccount } from './account.ts'
import { createBatches } from './batches.ts'
import { createDryRun } from './dry-run.ts'
import { createImportBatch } from './import-batch.ts'
import type { ImportOptions, WriteBatch } from './import-options.ts'
import type { ImportSource } from './import-source.ts'
import { NOTHING_YET } from './progress.ts'

export interface ImportDependencies {
  repositories: Repositories
  atomically: Atomically
  /** What is against a hash that a login would have to wait for; null where nothing is. */
  costProblem(hash: PasswordHash): string | null
  /** Whether an error means that the database does not answer just now. */
  isOutage(error: unknown): boolean
  clock: Clock
}

/** What has come of an import. */
export interface ImportReport extends Omit<ImportProgress, 'rejectsBytes'> {
  dryRun: boolean
  /** How many records an earlier run had dealt with. */
  resumedBehind: number
}

export type ImportService = ReturnType<typeof createImportService>

/** Brings accounts of other systems in, with their hashes. What is written is written in batches, each with the place it ends at. */
export function createImportService({ costProblem, ...dependencies }: ImportDependencies) {
  const { repositories, atomically, clock } = dependencies

  return { run }

  /**
   * Goes on where an earlier run of the same source with the same options was cut off. Throws where the source cannot be
   * read, and where somebody else imports it at the same time.
   */
  async function run(source: ImportSource, options: ImportOptions): Promise<ImportReport> {
    const { dryRun, rejects } = options
    const key = keyOf(source, options)
    const start = dryRun ? { position: null, progress: NOTHING_YET } : await begin(key, options.restart)
    await rejects.begin(start.progress.rejectsBytes)
    const write = dryRun
      ? createDryRun(repositories, options, clock.now())
      : createImportBatch(dependencies, { ...options, key })
    const progress = await writeAll(source, start, write, options)
    if (!dryRun) await finish(key, progress, options.sourceName)
    const { rejectsBytes: _bytes, ...shown } = progress
    return { ...shown, dryRun, resumedBehind: start.progress.read }
  }

  async function begin(key: string, restart: boolean): Promise<ImportState> {
    if (restart) await repositories.imports.delete(key)
    return repositories.imports.findOrInsert(key, { position: null, progress: NOTHING_YET })
  }

  /** Two batches are written at a time, while the next is read. */
  async function writeAll(
    source: ImportSource,
    start: ImportState,
    write: WriteBatch,
    { readUser, onProgress }: ImportOptions,
  ): Promise<ImportProgress> {
    const readAccount = createReadAccount({ readUser, costProblem })
    let before = Promise.resolve(start)
    let last = before
    try {
      for await (const batch of createBatches(source.read(start.position), readAccount)) {
        await before
        const writing = write(batch, last).then((state) => {
          onProgress({ read: batch.read, users: state.progress.read })
          return state
        })
        // It is awaited in its turn; until then nobody has to hear of it.
        writing.catch(() => undefined)
        before = last
        last = writing
      }
    } finally {
      // Also where the source breaks off: what is under way is finished, and a failure of its own comes second.
      await last.catch(() => undefined)
    }
    return (await last).progress
  }

  async function finish(key: string, progress: ImportProgress, source: string): Promise<void> {
    const { read, imported, updated, unchanged, left, rejected } = progress
    await atomically(async (within) => {
      await within.imports.delete(key)
      const details = { source, read, imported, updated, unchanged, left, rejected }
      await record(within, SERVER, { action: 'users_imported', subjectId: null, details })
    })
  }
}

function keyOf({ fingerprint }: ImportSource, { existing, reading }: ImportOptions): string {
  return createHash('sha256')
    .update(JSON.stringify([fingerprint, existing, reading]))
    .digest('hex')
}
