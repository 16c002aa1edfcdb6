import assert from 'node:assert/strict'
import type { Route } from '../../../src/http/route.ts'
import { type Answer, checkAnswer } from '../check-answer.ts'
import { exchange } from '../exchange.ts'
import type { TestDatabase } from '../test-database.ts'
import { createDelivery } from './deliver.ts'
import { type Draft, type Sendable, sendable } from './draft.ts'
import { CONTROL_ID, createLogReader } from './log-reader.ts'
import { createWorld } from './world.ts'

export interface Target {
  url: string
  port: number
  routes: readonly Route[]
  database: TestDatabase
  /** Every line of the log so far. */
  logLines(): readonly string[]
  /** After how many requests the log is read; a process of its own writes it late. */
  logReadEvery?: number
}

export type Campaign = Awaited<ReturnType<typeof startCampaign>>

/** How many requests were answered, and let in, by what they were called. */
export type Counts = Map<string, { sent: number; letIn: number }>

/** Sends drawn requests to a server, and holds it to what is promised for any. */
export async function startCampaign({ logLines, logReadEvery = 1, ...target }: Target) {
  const delivery = createDelivery(target.port)
  const world = await createWorld(target.url, target.database)
  await control()
  const log = createLogReader(logLines)
  const counts: Counts = new Map()
  let unlogged: string[] = []
  return { send, sendRaw, assertWell, counts, close: delivery.close }

  /** Sends all at once. Each is answered as its contract says, and has one line in the log. */
  async function send(name: string, drafts: readonly Draft[]): Promise<void> {
    const requests = drafts.map((draft) => sendable(draft, world.fill))
    const answers = await Promise.all(requests.map(delivery.send))
    const lines = answers.map(
      ({ status, headers }, index) => `${requests[index]?.method} ${status} ${headers.get('x-request-id')}`,
    )
    unlogged.push(...lines)
    if (unlogged.length >= logReadEvery) await assertLogged()
    for (const [index, answer] of answers.entries()) assertPromised(requests[index] as Sendable, answer)
    count(
      name,
      answers.map(({ status }) => status),
    )
    if (drafts.some((draft, index) => mayHaveDestroyed(draft, answers[index]?.status ?? 0))) await world.renew()
  }

  function assertPromised({ method, target: path }: Sendable, answer: Answer): void {
    checkAnswer(target.routes, method, path, answer)
    assert.ok(answer.status < 500 || answer.body?.code === 'overloaded', `${method} ${path} → ${answer.text}`)
  }

  /** What comes back are answers of HTTP, and no failure; the log has no more lines than there was to say. */
  async function sendRaw(name: string, requests: readonly string[]): Promise<void> {
    await assertLogged()
    const answers = await Promise.all(requests.map((text) => delivery.sendRaw(world.fill(text))))
    for (const [index, answer] of answers.entries()) {
      if (answer !== '' || isToBeAnswered(requests[index] ?? '')) {
        assert.match(answer, /^HTTP\/1\.1 /, JSON.stringify(requests[index]))
      }
    }
    const statuses = answers.flatMap((answer) =>
      [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status)),
    )
    assert.ok(statuses.every((status) => status < 500))
    count(name, statuses)
    await control()
    const lines = await log.readUntilControl()
    assert.ok(lines.length <= requests.length + statuses.length)
  }

  /** The server goes on answering, and nothing has changed that nobody was allowed to change. */
  async function assertWell(): Promise<void> {
    await assertLogged()
    assert.equal((await control()).status, 200)
    await world.assertUntouched()
  }

  function control(): Promise<Answer> {
    return exchange(target.url, 'GET', '/healthz', { headers: CONTROL_ID })
  }

  function count(name: string, statuses: readonly number[]): void {
    const { sent, letIn } = counts.get(name) ?? { sent: 0, letIn: 0 }
    counts.set(name, { sent: sent + statuses.length, letIn: letIn + statuses.filter((status) => status < 300).length })
  }

  async function assertLogged(): Promise<void> {
    const expected = unlogged.sort()
    // Forgotten also where it fails, so that a smaller failure can be looked for.
    unlogged = []
    const logged = await log.readRequests(expected.length)
    assert.deepEqual(logged.map(({ method, status, requestId }) => `${method} ${status} ${requestId}`).sort(), expected)
  }
}

/** Whoever is not let in any more has lost a session, or more. */
const mayHaveDestroyed = ({ actor, method }: Draft, status: number): boolean =>
  (status < 300 && method !== 'GET') || (status === 401 && (actor === 'user' || actor === 'admin'))

/**
 * Lines that are empty are passed over (RFC 9112 §2.2). Node ends the connection of a client that has closed its side before
 * the answer is there: where something unreadable comes behind a request, or a file is read for it.
 */
const isToBeAnswered = (bytes: string): boolean =>
  bytes.trim() !== '' && !/\r\n\r\n.*\S/s.test(bytes) && !/^\S+ \/docs/.test(bytes)
