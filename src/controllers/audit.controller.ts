import type { Response } from 'express'
import { beginAnswer, sendJson } from '../http/answer.ts'
import type { RequestFor } from '../http/route.ts'
import { sendChunks } from '../http/send-chunks.ts'
import type { AuditEventRepository } from '../repositories/audit-event.repository.ts'
import {
  type auditExportQuery,
  auditFilterOf,
  type auditQuery,
  presentAuditPage,
  presentNdjson,
} from '../schemas/audit.schema.ts'

export type AuditController = ReturnType<typeof createAuditController>

/** The trail is only read, and no rule stands between: straight from the repository. */
export function createAuditController(auditEvents: Pick<AuditEventRepository, 'findPage' | 'findAll'>) {
  return { list, download }

  async function list({ query }: RequestFor<{ query: typeof auditQuery }>, res: Response): Promise<void> {
    const { limit, cursor, ...filter } = query
    sendJson(res, 200, presentAuditPage(await auditEvents.findPage(auditFilterOf(filter), limit, cursor ?? null)))
  }

  async function download({ query }: RequestFor<{ query: typeof auditExportQuery }>, res: Response): Promise<void> {
    beginAnswer(res)
    res.attachment('gatehouse-audit.ndjson').set('Content-Type', 'application/x-ndjson; charset=utf-8')
    await sendChunks(res, presentNdjson(auditEvents.findAll(auditFilterOf(query))))
  }
}
