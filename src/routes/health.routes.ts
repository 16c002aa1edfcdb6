import type { HealthController } from '../controllers/health.controller.ts'
import { type Route, route } from '../http/route.ts'
import { health, readiness, unreadiness } from '../schemas/health.schema.ts'

/** Asked by whoever watches this server. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz'])

export function healthRoutes(controller: HealthController): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/healthz',
        operationId: 'getHealth',
        summary: 'Is the process alive?',
        description: 'For whoever starts it again when it does not answer. Looks at nothing else.',
        tag: 'Health',
        access: 'public',
        answers: { 200: { description: 'It answers', body: health } },
      },
      controller.live,
    ),
    route(
      {
        method: 'get',
        path: '/readyz',
        operationId: 'getReadiness',
        summary: 'Can it serve requests?',
        description: 'For a balancer: each thing that must work before traffic is sent here, by its name.',
        tag: 'Health',
        access: 'public',
        answers: {
          200: { description: 'Every check is well', body: readiness },
          503: {
            description: 'At least one check failed',
            body: unreadiness,
            contentType: 'application/problem+json',
          },
        },
      },
      controller.ready,
    ),
  ]
}
