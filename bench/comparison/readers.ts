import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Answer } from '../peers/answer.ts'
import { measuredByWrk } from './measured.ts'
import type { Contestant, ContestantName } from './row.ts'

export const CONNECTIONS = 32

export interface Read {
  path: string
  headers?: Readonly<Record<string, string>>
  expected: number
}

/** What a server answers without `Date` and what else Node adds by itself. */
export function answerTo(port: number, { path, headers = {}, expected }: Read): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      buffer(answer).then((bytes) => {
        const body = bytes.toString()
        const { statusCode: status = 0, rawHeaders } = answer
        if (status === expected) resolve({ status, lines: withoutNodes(rawHeaders), body })
        else reject(new Error(`${path}: ${status} ${body}`))
      }, reject)
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** Whoever answers the same request over and over. */
export function reader(
  name: ContestantName,
  { port, pid }: { port: number; pid: number },
  { path, headers = {}, expected }: Read,
): Contestant {
  return {
    name,
    async measure(seconds) {
      // wrk tells refusals from answers, and no more.
      await answerTo(port, { path, headers, expected })
      const rate = await measuredByWrk(pid, { port, path, connections: CONNECTIONS, seconds, headers })
      return { rate }
    },
  }
}

/** Names and values in turn. */
function withoutNodes(lines: readonly string[]): string[] {
  return lines.filter((_, index) => !/^(?:date|connection|keep-alive)$/i.test(lines[index - (index % 2)] ?? ''))
}
