import assert from 'node:assert/strict'
import { z } from 'zod'
import { eventually } from '../server-process.ts'

/** Tells the lines of requests that are not part of what is tried. */
export const CONTROL_ID = { 'x-request-id': 'control' }

/** Exactly these fields: what a client chooses of them is a method that Node knows, and an id of a narrow pattern. */
const requestLine = z.strictObject({
  level: z.literal(30),
  time: z.iso.datetime({ precision: 3 }),
  requestId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  // Empty where Node could not read it.
  method: z.string().regex(/^(?:[A-Z-]{3,15})?$/),
  route: z.string().startsWith('/').nullable(),
  status: z.int().min(100).max(599).nullable(),
  ms: z.number().min(0),
  userId: z.uuid().nullable(),
  msg: z.literal('request'),
})

export type RequestLine = z.output<typeof requestLine>

/** Reads a log behind the requests that it tells of. `lines` gives all that there are so far. */
export function createLogReader(lines: () => readonly string[]) {
  let read = lines().length
  return { readRequests, readUntilControl }

  /** The lines of requests since the last reading, once there are so many. */
  async function readRequests(count: number): Promise<RequestLine[]> {
    await eventually(
      async () => unread().filter((line) => isOfRequest(line) && !isControl(line)).length >= count,
      `${count} lines`,
    )
    return take()
  }

  /** The same, once the line of a request is there that was sent behind them. */
  async function readUntilControl(): Promise<RequestLine[]> {
    await eventually(async () => unread().some(isControl), 'the line of the control request')
    return take()
  }

  function take(): RequestLine[] {
    const taken = unread()
    read += taken.length
    return taken.filter((line) => !isControl(line)).flatMap((line) => requestOf(line) ?? [])
  }

  function unread(): readonly string[] {
    return lines().slice(read)
  }
}

const isOfRequest = (line: string): boolean => line.includes('"msg":"request"')
const isControl = (line: string): boolean => line.includes(`"requestId":"${CONTROL_ID['x-request-id']}"`)

/** A line, checked; null where it is not about a request. None may tell of anything wrong. */
function requestOf(line: string): RequestLine | null {
  assert.match(line, /^\{[ -~]*\}\n?$/)
  const fields: { level: number } = JSON.parse(line)
  assert.ok(fields.level <= 30, line)
  return isOfRequest(line) ? requestLine.parse(fields) : null
}
