import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { freePort } from '../../src/infrastructure/embedded-postgres/free-port.ts'
import { eventually } from './server-process.ts'

/** Why the tests with a Redis must be skipped, or false. */
export const missingRedis = (): string | false =>
  spawnSync('redis-server', ['--version']).status === 0 ? false : 'redis-server is not installed'

export type Redis = Awaited<ReturnType<typeof startRedis>>

/** A Redis on the loopback address, that keeps nothing on disk. `await using` stops it. */
export async function startRedis() {
  const port = await freePort()
  let child: ChildProcess | null = null
  await start()
  return { url: `redis://127.0.0.1:${port}`, start, signal, stop, keys, [Symbol.asyncDispose]: stop }

  async function start(): Promise<void> {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    child = spawn('redis-server', args, { cwd: tmpdir(), stdio: 'ignore' })
    await eventually(async () => cli('PING') === 'PONG', 'Redis answers')
  }

  function signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    child?.kill(name)
  }

  async function stop(): Promise<void> {
    const stopping = child
    child = null
    if (!stopping) return
    const exited = once(stopping, 'exit')
    stopping.kill('SIGKILL')
    await exited
  }

  function keys(): string[] {
    return cli('KEYS', '*').split('\n')
  }

  function cli(...command: string[]): string {
    return spawnSync('redis-cli', ['-p', String(port), ...command])
      .stdout.toString()
      .trim()
  }
}
