import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  status: number
  headers: Headers
  body: string
}

/** For what no HTTP client would send, and for what more than one answer could come back. */
export interface RawConnection {
  socket: Socket
  /** Sends the bytes of a text as they are, each character one byte. */
  send(text: string): void
  /** All that came so far. */
  received(): string
  /** Resolves when the server has closed it. */
  closed: Promise<void>
}

export async function openConnection(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece
  })
  // A server that cuts a connection may do so with a reset.
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve())
  })
  return { socket, send: (bytes) => void socket.write(bytes, 'latin1'), received: () => text, closed }
}

/** Sends bytes on a connection of their own, and gives all answers that came until the server closed it. */
export async function answersTo(port: number, bytes: string): Promise<RawAnswer[]> {
  const connection = await openConnection(port)
  connection.send(bytes)
  await connection.closed
  return answersIn(connection.received())
}

/** The answers in what a server sent, which must hold nothing else. */
export function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = text
  while (rest !== '') {
    const [head = '', ...more] = rest.split('\r\n\r\n')
    const [first = '', ...lines] = head.split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1] ?? Number.NaN)
    if (Number.isNaN(status)) throw new Error(`This is no answer: ${rest}`)
    const headers = new Headers(lines.map((line) => line.split(/: ?(.*)/, 2) as [string, string]))
    const behind = more.join('\r\n\r\n')
    const length = headers.has('transfer-encoding') ? chunkedLength(behind) : Number(headers.get('content-length') ?? 0)
    answers.push({ status, headers, body: behind.slice(0, length) })
    rest = behind.slice(length)
  }
  return answers
}

/** Up to the last chunk, which is empty. */
function chunkedLength(text: string): number {
  const last = '0\r\n\r\n'
  return text === '' ? 0 : text.indexOf(last) + last.length
}
