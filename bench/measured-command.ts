import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface MeasuredCommand {
  code: number | null
  output: string
  /** What it has written to standard error. */
  progress: string
  seconds: number
  /** Of the command alone: a database that it starts is not counted. */
  peakMb: number
}

const LOOK_MS = 20
const BYTES_PER_KB = 1024
const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url))

/** Runs the command line on the embedded database in `dataDir`. `onProgress` is told all that it has written to standard error so far. */
export async function measureCommand(
  args: readonly string[],
  dataDir: string,
  onProgress: (progress: string, child: ChildProcess) => void = () => undefined,
): Promise<MeasuredCommand> {
  const startedAt = performance.now()
  const env = { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '' }
  const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  let progress = ''
  child.stderr.on('data', (chunk) => {
    progress += chunk
    onProgress(progress, child)
  })
  const output = text(child.stdout)
  let peakMb = 0
  while (child.exitCode === null && child.signalCode === null) {
    peakMb = Math.max(peakMb, await peakMbOf(child.pid ?? 0))
    await wait(LOOK_MS)
  }
  const [code] = await exited
  return { code, progress, output: await output, peakMb, seconds: (performance.now() - startedAt) / 1000 }
}

/** The most that a process had in RAM so far; 0 where it is gone. Linux only. */
async function peakMbOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return (Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * BYTES_PER_KB) / 1e6
}
