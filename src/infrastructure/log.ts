import { type DestinationStream, pino } from 'pino'
import pretty from 'pino-pretty'
import { errorFields } from './error-fields.ts'
import { formatRequestLine, type RequestLine } from './request-line.ts'

/** Fields and a text: of an error without a text, pino would take the message. */
interface Say {
  (text: string): void
  (fields: object, text: string): void
}

export interface Log extends Record<'fatal' | 'error' | 'warn' | 'info' | 'debug', Say> {
  /** Writes the line of one request, at level info. */
  request(line: RequestLine): void
}

export interface LogOptions {
  level: string
  /** Colours and short lines for a person at a terminal, instead of JSON. */
  readable: boolean
  /** Other processes write to the same standard output. */
  isShared?: boolean
}

const INFO = pino.levels.values.info

/**
 * JSON lines with the time in ISO 8601 UTC, to standard output where no other is given. There they are written in pieces
 * of some kilobytes, a tenth of a second late at most. An error is logged as `err`, see error-fields.ts.
 */
export function createLog({ level, readable, isShared = false }: LogOptions, output?: DestinationStream): Log {
  const destination = readable ? readableLines(output) : (output ?? standardOutput(isShared ? SHARED_PIECE : PIECE))
  const serializers = { err: (error: unknown) => errorFields(error) }
  const log = pino({ level, base: null, serializers, timestamp: () => `,"time":"${isoTime()}"` }, destination)
  return Object.assign(log, { request })

  function request(line: RequestLine): void {
    if (!log.isLevelEnabled('info')) return
    destination.write(`{"level":${INFO},"time":"${isoTime()}",${formatRequestLine(line)}}\n`)
  }
}

function readableLines(output?: DestinationStream): DestinationStream {
  const options = { sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss' }
  return pretty({ ...options, ...(output && { destination: output }) })
}

const PIECE = 16_384
const LATE_MS = 100

/** Processes that share a pipe write whole lines, and no more of them than a pipe takes in one piece (PIPE_BUF). */
const SHARED_PIECE = 4096

/** Lines are put together here: the library measures all that it holds anew with each line that is added. */
function standardOutput(piece: number): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true, maxWrite: piece })
  let lines = ''
  setInterval(pass, LATE_MS).unref()
  process.on('exit', () => {
    pass()
    output.flushSync()
  })
  return { write }

  function write(line: string): void {
    if (lines.length + line.length > piece) pass()
    lines += line
  }

  function pass(): void {
    if (lines !== '') output.write(lines)
    lines = ''
  }
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
