import { setTimeout as wait } from 'node:timers/promises'
import { npmStart, npmStop } from './gatehouse.ts'
import { residentMb } from './resident.ts'
import { serverPid } from './server-pid.ts'

const SETTLE_MS = 2_000

export interface Start {
  readyMs: number
  residentMb: number
}

/** From `npm start` to the first 200 of `/readyz`, and the server's resident memory two seconds later. Linux only. */
export async function measureStart(dataDir: string): Promise<Start> {
  const started = performance.now()
  const { npm } = await npmStart(dataDir)
  const readyMs = performance.now() - started
  await wait(SETTLE_MS)
  const start = { readyMs, residentMb: await residentMb(await serverPid(npm)) }
  await npmStop(npm, dataDir)
  return start
}
