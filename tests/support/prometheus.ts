import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../src/infrastructure/embedded-postgres/free-port.ts'

export const PROMETHEUS_FILES = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url))

/** Why tests with Prometheus must be skipped, or false. Its package has both programs. */
export function missingPrometheus(): string | false {
  const found = spawnSync('sh', ['-c', 'command -v prometheus && command -v promtool'])
  return found.status === 0 ? false : 'prometheus is not installed'
}

/** What promtool says, and whether it was content. */
export function promtool(args: readonly string[], input = ''): { isContent: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8', cwd: PROMETHEUS_FILES })
  return { isContent: status === 0, output: stdout + stderr }
}

export interface Prometheus {
  /** The `data` of an answer of its HTTP API. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the answer should have.
  get(path: string): Promise<any>
  [Symbol.asyncDispose](): Promise<void>
}

/** Prometheus with the files of `deploy/`, which asks the server at this port each second. `await using` stops it. */
export async function startPrometheus(opsPort: number): Promise<Prometheus> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-prometheus-'))
  const shown = await readFile(join(PROMETHEUS_FILES, 'prometheus.yml'), 'utf8')
  const config = shown
    .replace('gatehouse:9464', `127.0.0.1:${opsPort}`)
    .replaceAll(/interval: 15s/g, 'interval: 1s')
    .replace('scrape_timeout: 10s', 'scrape_timeout: 1s')
  await writeFile(join(folder, 'prometheus.yml'), config)
  await copyFile(join(PROMETHEUS_FILES, 'alerts.yml'), join(folder, 'alerts.yml'))
  const child = spawn('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ])
  const exited = once(child, 'exit')
  return { get, [Symbol.asyncDispose]: stop }

  async function get(path: string): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, { signal: AbortSignal.timeout(5_000) })
    return ((await answer.json()) as { data: unknown }).data
  }

  async function stop(): Promise<void> {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
}
