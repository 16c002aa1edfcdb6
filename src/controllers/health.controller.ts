import type { Response } from 'express'
import { sendJson } from '../http/answer.ts'
import { sendProblem } from '../http/problem.ts'
import type { RequestFor } from '../http/route.ts'
import type { ReadinessService } from '../services/readiness.service.ts'

export type HealthController = ReturnType<typeof createHealthController>

export function createHealthController(readiness: ReadinessService) {
  return { live, ready }

  function live(_request: unknown, res: Response): void {
    sendJson(res, 200, { status: 'ok' })
  }

  async function ready({ requestId }: RequestFor<{ access: 'public' }>, res: Response): Promise<void> {
    const held = Object.entries(await readiness.check())
    const checks = Object.fromEntries(held.map(([name, holds]) => [name, holds ? 'ok' : 'failed']))
    if (held.some(([, holds]) => !holds)) sendProblem(res, { code: 'unavailable', requestId, extra: { checks } })
    else sendJson(res, 200, { status: 'ready', checks })
  }
}
