import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { behindPooler } from './pooled-run.ts'

export const SERVER = fileURLToPath(new URL('../../src/server.ts', import.meta.url))
const START_MS = 30_000

export interface ServerProcess {
  child: ChildProcess
  url: string
  /** Everything that it has written so far. */
  output(): string
  /** Sends a signal to the process and waits for its end; gives the exit code. `await using` does it with SIGINT. */
  end(signal: NodeJS.Signals): Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

/** The environment of a fresh machine: nothing of this test run, and a port that is free. */
export function freshEnvironment(env: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { ...(TMPDIR && { TMPDIR }), PATH, HOME, PORT: '0', ...behindPooler(env) }
}

/** The real server, or another version's, as a process of its own, started in a folder where no `.env` of a developer lies. */
export function spawnServer(env: Record<string, string>, folder = tmpdir(), server = SERVER) {
  return spawn(process.execPath, [server], { cwd: folder, env: freshEnvironment(env) })
}

/** Rejects with the server's output where it does not come up. */
export function startServerProcess(
  env: Record<string, string>,
  folder?: string,
  server?: string,
): Promise<ServerProcess> {
  return watchServer(spawnServer(env, folder, server))
}

/** Waits until a started server listens. */
export async function watchServer(child: ChildProcess): Promise<ServerProcess> {
  const output = outputOf(child)
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const url = await new Promise<string>((resolve, reject) => {
    const give = (why: string) => reject(new Error(`${why}:\n${output()}`))
    const timer = setTimeout(give, START_MS, 'The server does not come up')
    child.stdout?.on('data', () => {
      const listening = /"url":"([^"]+)".*"msg":"listening"/.exec(output())
      if (!listening?.[1]) return
      clearTimeout(timer)
      resolve(listening[1])
    })
    void exited.then((code) => {
      clearTimeout(timer)
      give(`The server ended with ${code}`)
    })
  })
  return { child, url, output, end, [Symbol.asyncDispose]: async () => void (await end('SIGINT')) }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    child.kill(signal)
    return exited
  }
}

/** Runs the server with a configuration that it cannot start with. */
export async function failingServer(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawnServer(env)
  const output = outputOf(child)
  const [code] = await once(child, 'exit')
  return { code, output: output() }
}

function outputOf({ stdout, stderr }: ChildProcess): () => string {
  let written = ''
  for (const stream of [stdout, stderr]) {
    stream?.on('data', (chunk) => {
      written += chunk
    })
  }
  return () => written
}

/** Asks again until it holds. */
export async function eventually(holds: () => Promise<boolean>, what: string, seconds = 15): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (Date.now() < deadline) {
    if (await holds().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`Not within ${seconds} s: ${what}`)
}
