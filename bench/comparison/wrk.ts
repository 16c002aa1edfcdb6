import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface WrkLoad {
  port: number
  path: string
  connections: number
  seconds: number
  headers?: Readonly<Record<string, string>>
  /** One of bench/load, where requests vary. */
  script?: { name: string; args: readonly string[] }
}

export interface WrkResult {
  answers: number
  /** Those of 400 and above. Only a script lets them pass. */
  refused: number
  seconds: number
}

const runFile = promisify(execFile)

/** Longer than anybody waits here. By itself wrk counts what takes two seconds as lost. */
const TIMEOUT = '60s'
const MEBIBYTE = 2 ** 20

/**
 * Asks without a pause over so many connections, in a process of its own that takes a few microseconds for a request.
 * Rejects where a connection fails, or an answer is not what it should be.
 */
export async function wrk({ port, path, connections, seconds, headers = {}, script }: WrkLoad): Promise<WrkResult> {
  const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const file = script && fileURLToPath(new URL(`../load/${script.name}.lua`, import.meta.url))
  const { stdout } = await run([
    ...['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', TIMEOUT],
    ...(file === undefined ? [] : ['-s', file]),
    ...lines,
    `http://127.0.0.1:${port}${path}`,
    ...(script ? ['--', ...script.args] : []),
  ])
  return resultOf(stdout, script !== undefined)
}

async function run(args: readonly string[]) {
  try {
    return await runFile('wrk', args, { maxBuffer: MEBIBYTE })
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw isMissing ? new Error('wrk is missing: install it, on Debian with `apt-get install wrk`.') : error
  }
}

function resultOf(output: string, mayRefuse: boolean): WrkResult {
  const [, answers, duration, unit] = /(\d+) requests in ([\d.]+)(ms|s|m)/.exec(output) ?? []
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0)
  const hasFailed = answers === undefined || output.includes('Socket errors') || (refused > 0 && !mayRefuse)
  if (hasFailed) throw new Error(`Not every request was answered as it should be:\n${output}`)
  return { answers: Number(answers), refused, seconds: Number(duration) * SECONDS[unit as keyof typeof SECONDS] }
}

const SECONDS = { ms: 0.001, s: 1, m: 60 }
