import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { createLog } from '../../src/infrastructure/log.ts'

const HOSTILE = 'a\r\n{"level":60}\u001b[31m\u009b31m\u2028\u2029\u202e\u0007"b'
const LINE = { requestId: 'r-1', method: 'GET', route: '/users/:id', status: 403, ms: 1.5, userId: null }

/** All that is written of a request, and of errors whose message and stack a client could choose. */
async function written({ readable }: { readable: boolean }): Promise<string> {
  const output = new PassThrough()
  const log = createLog({ level: 'trace', readable }, output)
  log.request(LINE)
  const error = Object.assign(new Error(HOSTILE), {
    name: HOSTILE,
    stack: `${HOSTILE}\n    at ${HOSTILE}`,
    [HOSTILE]: HOSTILE,
  })
  log.error({ err: new Error('outer', { cause: error }) }, 'unexpected error')
  log.warn({ err: error }, 'another')
  await new Promise((resolve) => setImmediate(resolve))
  output.end()
  return text(output)
}

describe('a log line', () => {
  it('is one line of JSON, whatever an error says', async () => {
    const lines = (await written({ readable: false })).trimEnd().split(/[\n\r\u2028\u2029\u0085]/)
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).msg),
      ['request', 'unexpected error', 'another'],
    )
  })

  it('passes nothing on to a terminal but text, where it is readable', async () => {
    const shown = await written({ readable: true })
    for (const part of ['request', '/users/:id', 'unexpected error', 'outer', 'another'])
      assert.ok(shown.includes(part), part)
    assert.match(shown, /^[\P{C}\n]*$/u)
    assert.doesNotMatch(shown, /[\u2028\u2029]/)
    // An error's message stands in the line of the error.
    assert.doesNotMatch(shown, /^\{"level":60\}/m)
  })
})
