import assert from 'node:assert/strict'
import type { AuditSummary } from '../../src/services/audit-verification.service.ts'
import type { TestServer } from './test-server.ts'

export interface ShownEvent {
  id: string
  occurredAt: string
  action: string
  actor: string | null
  subject: string | null
  ip: string | null
  userAgent: string | null
  requestId: string | null
  details: Record<string, unknown>
  seal: number | null
}

/** All events of a filter, the newest first. */
export async function eventsOf(server: TestServer, adminToken: string, query: string): Promise<ShownEvent[]> {
  const events: ShownEvent[] = []
  for (let cursor = ''; ; ) {
    const { status, body } = await server.get(`/audit?limit=100&${query}${cursor}`, adminToken)
    assert.equal(status, 200)
    events.push(...body.items)
    if (body.nextCursor === null) return events
    cursor = `&cursor=${body.nextCursor}`
  }
}

/** What a verification finds wrong, and what it has read. */
export async function verified(
  { auditVerification }: Pick<TestServer, 'auditVerification'>,
  head: { number: number; hash: string } | null = null,
): Promise<AuditSummary & { problems: string[] }> {
  const problems: string[] = []
  const findings = auditVerification.verify(head)
  let finding = await findings.next()
  for (; !finding.done; finding = await findings.next()) problems.push(finding.value)
  return { problems, ...finding.value }
}
