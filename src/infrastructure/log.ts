import { type DestinationStream, pino } from 'pino'
import pretty from 'pino-pretty'
import { errorFields } from './error-fields.ts'

/** Fields and a text: of an error without a text, pino would take the message. */
interface Say {
  (text: string): void
  (fields: object, text: string): void
}

export interface Log extends Record<'fatal' | 'error' | 'warn' | 'info' | 'debug', Say> {
  /** Writes the line of one request, at level info. */
  request(line: RequestLine): void
}

/** Nothing in here needs to be escaped in JSON: what a client chooses of it has passed a narrow pattern. */
export interface RequestLine {
  requestId: string
  /** As Node's parser knows it. */
  method: string
  /** A path of ours, never the one that was sent. */
  route: string | null
  /** Null where the client was gone before. */
  status: number | null
  ms: number
  userId: string | null
}

export interface LogOptions {
  level: string
  /** Colours and short lines for a person at a terminal, instead of JSON. */
  readable: boolean
}

const INFO = pino.levels.values.info

/**
 * JSON lines with the time in ISO 8601 UTC, to standard output where no other is given. There they are written in pieces
 * of some kilobytes, a tenth of a second late at most. An error is logged as `err`, see error-fields.ts.
 */
export function createLog({ level, readable }: LogOptions, output?: DestinationStream): Log {
  const destination = readable ? readableLines(output) : (output ?? standardOutput())
  const serializers = { err: (error: unknown) => errorFields(error) }
  const log = pino({ level, base: null, serializers, timestamp: () => `,"time":"${isoTime()}"` }, destination)
  return Object.assign(log, { request })

  /** By hand: pino's own way takes longer than all else that `/verify` does, JSON.stringify half of that. */
  function request({ requestId, method, route, status, ms, userId }: RequestLine): void {
    if (!log.isLevelEnabled('info')) return
    destination.write(
      `{"level":${INFO},"time":"${isoTime()}","requestId":"${requestId}","method":"${method}","route":${quoted(route)},` +
        `"status":${status},"ms":${ms},"userId":${quoted(userId)},"msg":"request"}\n`,
    )
  }
}

const quoted = (text: string | null): string => (text === null ? 'null' : `"${text}"`)

function readableLines(output?: DestinationStream): DestinationStream {
  const options = { sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss' }
  return pretty({ ...options, ...(output && { destination: output }) })
}

function standardOutput(): DestinationStream {
  // Processes that share a pipe each write whole lines, and no more of them than a pipe takes in one piece (PIPE_BUF).
  const output = pino.destination({ dest: 1, sync: true, minLength: 4095, maxWrite: 4096, periodicFlush: 100 })
  process.on('exit', () => output.flushSync())
  return output
}

let lastTime = 0
let lastText = ''

/** A millisecond with many lines is written out once. */
function isoTime(): string {
  const now = Date.now()
  if (now !== lastTime) {
    lastTime = now
    lastText = new Date(now).toISOString()
  }
  return lastText
}
