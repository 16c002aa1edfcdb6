import type { Response } from 'express'
import { beginAnswer, sendJson } from '../http/answer.ts'
import type { RequestFor } from '../http/route.ts'
import { sendChunks } from '../http/send-chunks.ts'
import {
  type auditExportQuery,
  auditFilterOf,
  type auditQuery,
  presentAuditPage,
  presentNdjson,
} from '../schemas/audit.schema.ts'
import type { AuditReading } from '../services/audit-reading.service.ts'

export type AuditController = ReturnType<typeof createAuditController>

export function createAuditController(events: Pick<AuditReading, 'page' | 'all'>) {
  return { list, download }

  async function list({ query }: RequestFor<{ query: typeof auditQuery }>, res: Response): Promise<void> {
    const { limit, cursor, ...filter } = query
    sendJson(res, 200, presentAuditPage(await events.page(auditFilterOf(filter), limit, cursor ?? null)))
  }

  async function download({ query }: RequestFor<{ query: typeof auditExportQuery }>, res: Response): Promise<void> {
    beginAnswer(res)
    res.attachment('gatehouse-audit.ndjson').set('Content-Type', 'application/x-ndjson; charset=utf-8')
    await sendChunks(res, presentNdjson(events.all(auditFilterOf(query))))
  }
}
