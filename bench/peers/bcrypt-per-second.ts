import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface BcryptLoad {
  work: 'hash' | 'compare'
  cost: number
  seconds: number
  concurrency: number
}

/** How many a second the bcrypt package does on all cores, in a process that does nothing else. */
export async function bcryptPerSecond({ work, cost, seconds, concurrency }: BcryptLoad): Promise<number> {
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    UV_THREADPOOL_SIZE: String(availableParallelism()),
    WORK: work,
    COST: String(cost),
    SECONDS: String(seconds),
    CONCURRENCY: String(concurrency),
  }
  const file = fileURLToPath(new URL('bcrypt.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env })
  return Number(stdout)
}
