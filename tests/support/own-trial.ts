import { randomInt } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAll, stopAll, takenPorts } from '../../deploy/ha/trial/cluster.ts'
import { findPrograms } from '../../deploy/ha/trial/programs.ts'
import { makeTrial, type Trial } from '../../deploy/ha/trial/trial.ts'

/** Why the tests with a primary that fails must be skipped, or false. */
export function missingForTrial(): string | false {
  const { missing } = findPrograms()
  return missing.length > 0 && `${missing.join(', ')} not installed`
}

/** The cluster of `deploy/ha/` in a folder and on ports of its own. `await using` stops and removes it. */
export async function startOwnTrial(say: (line: string) => void): Promise<Trial & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-ha-'))
  // PostgreSQL runs as somebody who must reach what lies within.
  await chmod(folder, 0o711)
  const trial = await findPlace(folder)
  try {
    await startAll(trial, say)
  } catch (error) {
    await remove()
    throw error
  }
  return { ...trial, [Symbol.asyncDispose]: remove }

  async function remove(): Promise<void> {
    await stopAll(trial)
    await rm(folder, { recursive: true })
  }
}

async function findPlace(folder: string): Promise<Trial> {
  for (;;) {
    const trial = await makeTrial(folder, randomInt(200, 300) * 100)
    if ((await takenPorts(trial)).length === 0) return trial
  }
}
