import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { poolerPortOf, standsBefore } from './pooled-run.ts'

export interface TcpProxy {
  /** `url` with this proxy in place of its host. */
  through(url: string): string
  /** Breaks every connection and refuses new ones, until `restore`. */
  cut(): void
  /** Lets nothing pass on connections old and new, without breaking them, until `restore`. */
  hold(): void
  /** As `hold` for the connections that there are, for ever; new ones are not concerned. */
  strand(): void
  restore(): void
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A TCP proxy on the loopback address in front of a server there: a network that can fail. Where a pooler stands before the
 * server, it has a port for each of them, and fails for both.
 */
export async function startProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl)
  const sockets = new Set<Socket>()
  const stranded = new WeakSet<Socket>()
  let state: 'open' | 'held' | 'cut' = 'open'
  const servers: Server[] = []
  const port = await listenFor(target.port || '5432')
  const poolerPort = poolerPortOf(targetUrl)
  if (poolerPort !== null) standsBefore(through(targetUrl), await listenFor(poolerPort))
  return { through, cut, hold, strand, restore, [Symbol.asyncDispose]: stop }

  async function listenFor(upstreamPort: string): Promise<number> {
    const server = createServer((client) => pass(client, Number(upstreamPort))).listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.push(server)
    return (server.address() as AddressInfo).port
  }

  function pass(client: Socket, upstreamPort: number): void {
    if (state === 'cut') {
      client.destroy()
      return
    }
    const upstream = connect(upstreamPort, target.hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      if (state === 'held') from.pause()
    }
  }

  function through(url: string): string {
    const proxied = new URL(url)
    proxied.hostname = '127.0.0.1'
    proxied.port = String(port)
    return proxied.href
  }

  function cut(): void {
    state = 'cut'
    for (const socket of sockets) socket.destroy()
  }

  function hold(): void {
    state = 'held'
    for (const socket of sockets) socket.pause()
  }

  function strand(): void {
    for (const socket of sockets) {
      socket.pause()
      stranded.add(socket)
    }
  }

  function restore(): void {
    state = 'open'
    for (const socket of sockets) if (!stranded.has(socket)) socket.resume()
  }

  async function stop(): Promise<void> {
    cut()
    for (const server of servers) {
      server.close()
      await once(server, 'close')
    }
  }
}
