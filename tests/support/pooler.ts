import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import pg from 'pg'

export interface Pooler {
  /** `url` with this pooler in place of its host. */
  through(url: string): string
  /** The names of the statements that clients have prepared, '' for one without. */
  prepared: string[]
  [Symbol.asyncDispose](): Promise<void>
}

const HEAD = 5

const AUTHENTICATED = message('R', Buffer.alloc(4))
const VERSION = message('S', Buffer.from('server_version\x0017.0\0'))
const READY = message('Z', Buffer.from('I'))

/**
 * What a pooler in transaction mode is to a client: each transaction is on another connection than the one before. Two
 * of its own for every client, in turn.
 */
export async function startPooler(targetUrl: string): Promise<Pooler> {
  const prepared: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => client.destroy())
    void serve(client, targetUrl, prepared)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { through, prepared, [Symbol.asyncDispose]: stop }

  function through(url: string): string {
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href
  }

  async function stop(): Promise<void> {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
}

async function serve(client: Socket, url: string, prepared: string[]): Promise<void> {
  const servers = await Promise.all([connected(url), connected(url)])
  let turn = 0
  for (const server of servers) {
    readMessages(server, (type, body, bytes) => {
      if (type === 'Z' && body.toString() === 'I') turn = 1 - turn
      client.write(bytes)
    })
    client.on('close', () => server.destroy())
  }
  let isStarted = false
  // The first message of a client is the only one without a type.
  client.unshift(Buffer.from('-'))
  readMessages(client, (type, body, bytes) => {
    if (type === 'P') prepared.push(body.toString('utf8', 0, body.indexOf(0)))
    if (isStarted) servers[turn]?.write(bytes)
    else client.write(Buffer.concat([AUTHENTICATED, VERSION, READY]))
    isStarted = true
  })
}

/** A connection that PostgreSQL has let in, as bytes. */
async function connected(connectionString: string): Promise<Duplex> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  const { stream } = client.connection
  stream.removeAllListeners('data')
  return stream
}

function readMessages(stream: Duplex, on: (type: string, body: Buffer, bytes: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= HEAD && rest.length > rest.readInt32BE(1)) {
      const bytes = rest.subarray(0, 1 + rest.readInt32BE(1))
      rest = rest.subarray(bytes.length)
      on(String.fromCharCode(bytes[0] ?? 0), bytes.subarray(HEAD), bytes)
    }
  })
}

/** See "Message Formats" in the documentation of PostgreSQL: a type, a length that counts itself, and what it is about. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(4 + body.length)
  return Buffer.concat([Buffer.from(type), length, body])
}
