import type { Response } from 'express'
import { sendProblem } from '../http/problem.ts'
import type { RequestFor } from '../http/route.ts'

export type HealthController = ReturnType<typeof createHealthController>

/** What must work before traffic is sent here, by name. */
export type ReadinessChecks = Record<string, () => Promise<boolean>>

export function createHealthController(readinessChecks: ReadinessChecks) {
  return { live, ready }

  function live(_request: unknown, res: Response): void {
    res.json({ status: 'ok' })
  }

  async function ready({ requestId }: RequestFor<{ access: 'public' }>, res: Response): Promise<void> {
    const run = Object.entries(readinessChecks).map(async ([name, check]) => [name, (await check()) ? 'ok' : 'failed'])
    const checks = Object.fromEntries(await Promise.all(run)) as Record<string, 'ok' | 'failed'>
    const failed = Object.values(checks).includes('failed')
    if (failed) sendProblem(res, { code: 'unavailable', requestId, extra: { checks } })
    else res.json({ status: 'ready', checks })
  }
}
