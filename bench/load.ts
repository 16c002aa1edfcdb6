import { connect } from 'node:net'

export interface Load {
  port: number
  /** The bytes of one request, whose answer has no body. */
  request: string
  connections: number
  seconds: number
}

/** Requests per second over connections that each wait for their answer before they ask again. */
export async function requestsPerSecond({ port, request, connections, seconds }: Load): Promise<number> {
  const bytes = Buffer.from(request)
  const endAt = performance.now() + seconds * 1000
  const counts = await Promise.all(Array.from({ length: connections }, () => askUntil(endAt, port, bytes)))
  return counts.reduce((sum, count) => sum + count, 0) / seconds
}

function askUntil(endAt: number, port: number, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket.setNoDelay(true)
    socket.on('error', reject)
    socket.on('data', (answer) => {
      if (answer.toString('latin1', 0, 12) !== 'HTTP/1.1 204') {
        reject(new Error(answer.toString('latin1')))
        socket.destroy()
        return
      }
      count += 1
      if (performance.now() < endAt) socket.write(request)
      else socket.end(() => resolve(count))
    })
  })
}
