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
        operationId: 'listAuditEvents',
        summary: 'List what happened, newest first',
        description: 'Each committed change of security is one event. All filters given have to fit.',
        query: auditQuery,
        answers: { 200: { description: 'One page of events', body: auditPage } },
      },
      controller.list,
    ),
    route(
      {
        ...audit,
        path: '/audit/export',
        operationId: 'exportAuditEvents',
        summary: 'Download what happened, oldest first, one event a line',
        description: 'Written as it is read, so it may be long. The connection is cut where it cannot be completed.',
        query: auditExportQuery,
        answers: {
          200: {
            description: 'Newline-delimited JSON',
            body: auditEvent,
            contentType: 'application/x-ndjson',
            headers: ['Content-Disposition'],
          },
        },
      },
      controller.download,
    ),
  ]
}
