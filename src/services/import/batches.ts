import { type Account, isReject, type ReadAccount, type Reject } from './account.ts'
import type { SourceRecord } from './import-source.ts'

/** Records that are written together. */
export interface Batch {
  /** No two of one address: the second of them finds the account that the first has made. */
  accounts: Account[]
  emails: Set<string>
  rejects: Reject[]
  /** The last record of it. */
  position: string
  read: number
}

/** Few enough that a server beside it waits for no statement, and that each is far from being given up. */
const BATCH_RECORDS = 2_000

export async function* createBatches(
  records: AsyncIterable<SourceRecord>,
  readAccount: ReadAccount,
): AsyncGenerator<Batch> {
  let batch = emptyBatch()
  let size = 0
  for await (const record of records) {
    const outcome = readAccount(record)
    const isSecond = !isReject(outcome) && batch.emails.has(outcome.user.email)
    if (size === BATCH_RECORDS || isSecond) {
      yield batch
      batch = emptyBatch()
      size = 0
    }
    if (isReject(outcome)) batch.rejects.push(outcome)
    else {
      batch.accounts.push(outcome)
      batch.emails.add(outcome.user.email)
    }
    batch.position = record.position
    batch.read = record.read
    size += 1
  }
  if (size > 0) yield batch
}

const emptyBatch = (): Batch => ({ accounts: [], emails: new Set(), rejects: [], position: '', read: 0 })
