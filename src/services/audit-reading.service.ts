import type { AuditEvent, AuditFilter, AuditPage, AuditPlace } from '../repositories/audit-event.repository.ts'
import type { FromReplica } from '../repositories/repositories.ts'

export type AuditReading = ReturnType<typeof createAuditReading>

const BATCH = 500

/** What the audit trail shows. However much that is, only a few events are in memory at a time. */
export function createAuditReading(fromReplica: FromReplica) {
  return { page, all, concerning }

  /** Keyset pages, newest first. */
  function page(filter: AuditFilter, limit: number, after: AuditPlace | null): Promise<AuditPage> {
    return fromReplica(({ auditEvents }) => auditEvents.findPage(filter, limit, after))
  }

  /** All events of the filter, oldest first. */
  function all(filter: AuditFilter): AsyncGenerator<AuditEvent> {
    return inBatches((after) => fromReplica(({ auditEvents }) => auditEvents.findOldest(filter, BATCH, after)))
  }

  /** All that somebody did, and that was done to their account, oldest first. */
  function concerning(userId: string): AsyncGenerator<AuditEvent> {
    return inBatches((after) => fromReplica(({ auditEvents }) => auditEvents.findConcerning(userId, BATCH, after)))
  }
}

async function* inBatches(next: (after: AuditPlace | null) => Promise<AuditEvent[]>): AsyncGenerator<AuditEvent> {
  let events: AuditEvent[] = []
  do {
    events = await next(events.at(-1) ?? null)
    yield* events
  } while (events.length === BATCH)
}
