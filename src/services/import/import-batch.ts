import { setTimeout as wait } from 'node:timers/promises'
import type { ImportState } from '../../repositories/import.repository.ts'
import type { Atomically, Repositories } from '../../repositories/repositories.ts'
import { eventOf, record } from '../audit-trail.ts'
import type { Clock } from '../clock.ts'
import { SERVER } from '../origin.ts'
import type { Account } from './account.ts'
import type { Batch } from './batches.ts'
import type { ImportOptions, WriteBatch } from './import-options.ts'
import { requireFewRoles } from './new-roles.ts'
import { type NewUser, newUserOf } from './new-user.ts'
import { advance, linesOf } from './progress.ts'
import { createUpdateExisting, type Updated } from './update-existing.ts'

export interface BatchDependencies {
  repositories: Repositories
  atomically: Atomically
  /** Whether an error means that the database does not answer just now. */
  isOutage(error: unknown): boolean
  clock: Clock
}

/** Longer than a database takes that fails over. */
const ATTEMPTS = 60
const PAUSE_MS = 1_000

type BatchOptions = Pick<ImportOptions, 'sourceName' | 'existing' | 'rejects'> & { key: string }

/**
 * New accounts, their roles, their events, the rejects and the place that all this ends at come to be together. A batch is
 * inserted while the one before is, and committed behind it.
 */
export function createImportBatch(
  { repositories, atomically, isOutage, clock }: BatchDependencies,
  { sourceName, existing, rejects, key }: BatchOptions,
): WriteBatch {
  const updateExisting = createUpdateExisting({ repositories, atomically, clock }, sourceName)
  const ensuredRoles = new Set<string>()
  let lastEmails = new Set<string>()

  return async function writeBatch(batch, previous) {
    // Two that insert the same address wait for each other's end; and what is updated has to be there.
    const mustWait = existing === 'update' || !lastEmails.isDisjointFrom(batch.emails)
    lastEmails = batch.emails
    if (mustWait) await previous
    return persistently(batch, previous)
  }

  /** A database that is away for some seconds, or too busy, is no reason to begin again by hand. */
  async function persistently(batch: Batch, previous: Promise<ImportState>, attempts = 1): Promise<ImportState> {
    try {
      // What was cut off in its commit may have been committed.
      return (attempts > 1 ? await committed(batch) : null) ?? (await write(batch, previous))
    } catch (error) {
      if (!isOutage(error) || attempts === ATTEMPTS) throw error
      await previous
      await wait(PAUSE_MS)
      return persistently(batch, previous, attempts + 1)
    }
  }

  async function committed({ position }: Batch): Promise<ImportState | null> {
    const state = await repositories.imports.find(key)
    return state?.position === position ? state : null
  }

  async function write(
    { accounts, rejects: unreadable, position }: Batch,
    previous: Promise<ImportState>,
  ): Promise<ImportState> {
    const newRoles = await ensureRoles(
      accounts.flatMap(({ user }) => user.roles ?? []),
      previous,
    )
    const { rest, updated, unchanged, rejects: refused } = await update(accounts)
    return atomically(async (within) => {
      const { imported, taken } = await insert(within, rest)
      const outcome = { imported, updated, unchanged, taken, rejects: [...unreadable, ...refused], newRoles }
      const from = await previous
      // Before the commit: where it fails, the next run cuts them off again.
      const rejectsBytes = await rejects.write(from.progress.rejectsBytes, linesOf(outcome))
      const to = { position, progress: advance(from.progress, outcome, rejectsBytes) }
      if (!(await within.imports.update(key, from.position, to))) {
        throw new Error('Somebody else imports the same at the same time.')
      }
      return to
    })
  }

  /** Gives those that were missing. */
  async function ensureRoles(names: readonly string[], previous: Promise<ImportState>): Promise<string[]> {
    const unknown = [...new Set(names)].filter((name) => !ensuredRoles.has(name))
    if (unknown.length === 0) return []
    const { progress } = await previous
    const made = await atomically(async (within) => {
      const missing = await within.roles.insertMissing(unknown)
      requireFewRoles(progress, missing)
      for (const role of missing) {
        await record(within, SERVER, { action: 'role_created', subjectId: null, details: { role } })
      }
      return missing
    })
    for (const name of unknown) ensuredRoles.add(name)
    return made
  }

  async function update(accounts: Account[]): Promise<Updated> {
    if (existing === 'update') return updateExisting(accounts)
    return { updated: 0, unchanged: 0, rejects: [], rest: accounts }
  }

  async function insert(
    within: Repositories,
    accounts: readonly Account[],
  ): Promise<{ imported: NewUser[]; taken: Account[] }> {
    if (accounts.length === 0) return { imported: [], taken: [] }
    const given = accounts.map((account) => newUserOf(account, clock.now()))
    const ids = await within.userTransfer.insertNew(given.map(({ row }) => row))
    const imported = given.filter(({ row }) => ids.has(row.id))
    const grants = imported.flatMap(({ row, roles }) => roles.map((role) => ({ userId: row.id, role })))
    await within.userTransfer.grant(grants)
    await within.auditEvents.insertAll(imported.map(importedEvent))
    return { imported, taken: given.filter(({ row }) => !ids.has(row.id)).map(({ account }) => account) }
  }

  function importedEvent({ row, roles }: NewUser) {
    const details = { source: sourceName, roles: roles.join(' ') }
    return eventOf(SERVER, { action: 'user_imported', subjectId: row.id, details })
  }
}
