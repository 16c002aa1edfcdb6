import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../src/infrastructure/embedded-postgres/free-port.ts'

export type PeerName = 'bare-http' | 'bare-express' | 'express-query' | 'better-auth' | 'tutorial'

export interface Peer {
  port: number
  pid: number
  [Symbol.asyncDispose](): Promise<void>
}

/** A process of its own on the same Node, which answers on 127.0.0.1. Throws where it ends before it does. */
export async function startPeer(name: PeerName, variables: NodeJS.ProcessEnv = {}): Promise<Peer> {
  const port = await freePort()
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const env = { ...process.env, NODE_ENV: 'production', ...variables, PORT: String(port) }
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  while (!(await fetch(`http://127.0.0.1:${port}`).catch(() => null))) {
    if (hasEnded(child)) throw new Error(`The peer ${name} ended with ${child.exitCode ?? child.signalCode}.`)
    await wait(20)
  }
  return { port, pid: child.pid ?? 0, [Symbol.asyncDispose]: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const exited = once(child, 'exit')
  child.kill()
  await exited
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null
