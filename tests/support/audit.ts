import assert from 'node:assert/strict'
import type { AuditSummary } from '../../src/services/audit-verification.service.ts'
import { registered } from './accounts.ts'
import { eventually } from './server-process.ts'
import { PASSWORD, startTestServer, type TestServer } from './test-server.ts'

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

export const unsealed = ({ database }: TestServer): Promise<number> => database.count('audit_events WHERE seal IS NULL')

/** Also where a node of the background is at it just now. */
export const allSealed = (server: TestServer): Promise<void> =>
  eventually(async () => {
    await server.auditSealing.sealAll()
    return (await unsealed(server)) === 0
  }, 'everything is sealed')

/** A server with some seals, of a few events each, and all that was done to it sealed. */
export async function sealedServer(): Promise<TestServer> {
  const server = await startTestServer()
  for (let round = 0; round < 4; round++) {
    const user = await registered(server)
    for (const password of ['wrong', PASSWORD]) await server.post('/login', { email: user.email, password })
    await allSealed(server)
  }
  assert.ok((await server.database.count('audit_seals')) >= 4)
  return server
}
