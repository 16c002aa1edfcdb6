import type { AuditController } from '../controllers/audit.controller.ts'
import { type Route, route } from '../http/route.ts'
import { auditEvent, auditExportQuery, auditPage, auditQuery } from '../schemas/audit.schema.ts'

export function auditRoutes(controller: AuditController): Route[] {
  const audit = { method: 'get', tag: 'Administration', access: { role: 'admin' } } as const
  return [
    route(
      {
        ...audit,
        path: '/audit',
        summary: 'List what happened, newest first',
        query: auditQuery,
        answers: { 200: { description: 'One page of events', body: auditPage } },
      },
      controller.list,
    ),
    route(
      {
        ...audit,
        path: '/audit/export',
        summary: 'Download what happened, oldest first, one event a line',
        query: auditExportQuery,
        answers: {
          200: { description: 'Newline-delimited JSON', body: auditEvent, contentType: 'application/x-ndjson' },
        },
      },
      controller.download,
    ),
  ]
}
