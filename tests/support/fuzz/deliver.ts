import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Answer } from '../check-answer.ts'
import type { Sendable } from './draft.ts'

/** Sends requests that `fetch` would not: any method, any path, each header as often as it comes. */
export function createDelivery(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  return { send, sendRaw, close: () => agent.destroy() }

  function send({ method, target, headers, body }: Sendable): Promise<Answer> {
    const named = headers.some((name, index) => index % 2 === 0 && /^host$/i.test(name))
      ? headers
      : ['Host', 'x', ...headers]
    return new Promise((resolve, reject) => {
      const sending = request({ port, host: '127.0.0.1', agent, method, path: target, headers: named })
      sending.on('error', reject).on('response', (response) => {
        buffer(response).then((bytes) => {
          const answered = new Headers()
          const raw = response.rawHeaders
          for (let index = 0; index < raw.length; index += 2) answered.append(raw[index] ?? '', raw[index + 1] ?? '')
          resolve(answerOf(response.statusCode ?? 0, answered, bytes.toString()))
        }, reject)
      })
      sending.end(body ?? undefined)
    })
  }

  /** All that comes back for these bytes, which are all that is sent. */
  async function sendRaw(bytes: string): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    // The server may have closed before everything is written.
    socket.on('error', () => undefined).end(Buffer.from(bytes, 'latin1'))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    await new Promise((resolve) => socket.once('close', resolve))
    return Buffer.concat(chunks).toString('latin1')
  }
}

function answerOf(status: number, headers: Headers, text: string): Answer {
  const isJson = /\bjson\b/.test(headers.get('content-type') ?? '') && text !== ''
  return { status, headers, text, body: isJson ? JSON.parse(text) : undefined }
}
