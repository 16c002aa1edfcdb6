import { once } from 'node:events'
import { createServer } from 'node:net'

/** What PostgreSQL says instead of "welcome", as one message (its protocol's ErrorResponse). */
function refusal(sqlState: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0Mrefused\0\0`)
  const head = Buffer.from([0x45, 0, 0, 0, 4 + fields.length])
  return Buffer.concat([head, fields])
}

/** Listens where a PostgreSQL was, and refuses every connection with one SQLSTATE. */
export async function refusingServer(port: number, sqlState: string): Promise<AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(refusal(sqlState)))
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}
