import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeCursor } from '../../../src/schemas/cursor.ts'
import { type Account, loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventsOf, type ShownEvent } from '../../support/audit.ts'
import { linesOf } from '../../support/check-answer.ts'
import { eventually } from '../../support/server-process.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const send = (method: string, path: string, { token }: Account) => server.send(method, path, { token })

describe('GET /audit', () => {
  it('pages through all, newest first, while more is written', async () => {
    const user = await registered(server)
    for (let round = 0; round < 7; round++) await server.post('/login', { email: user.email, password: 'wrong' })
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await server.get(`/audit?subject=${user.id}&limit=3${cursor}`, admin.token)
      seen.push(...body.items.map(({ id }: { id: string }) => id))
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`
      await server.post('/login', { email: user.email, password: 'wrong' })
    } while (cursor)
    assert.equal(seen.length, 8)
    const stored = await server.database.query<{ id: string }>(
      'SELECT id FROM audit_events WHERE subject_id = $1 ORDER BY occurred_at, id LIMIT 8',
      [user.id],
    )
    assert.deepEqual(seen, stored.map(({ id }) => id).reverse())
  })

  it('pages through events of one instant', async () => {
    const subject = crypto.randomUUID()
    await server.database.query(
      `INSERT INTO audit_events (id, occurred_at, action, subject_id)
       SELECT gen_random_uuid(), date_trunc('second', now()), 'login', $1 FROM generate_series(1, 250)`,
      [subject],
    )
    const events = await eventsOf(server, admin.token, `subject=${subject}`)
    assert.equal(new Set(events.map(({ id }) => id)).size, 250)
  })

  it('filters by actor, subject, action and time, all at once', async () => {
    const user = await registered(server)
    await send('PUT', `/users/${user.id}/roles/admin`, admin)
    await send('PUT', `/users/${user.id}/roles/user`, user)
    await send('DELETE', `/users/${user.id}/roles/admin`, admin)
    const [taken, granted] = await eventsOf(server, admin.token, `subject=${user.id}&actor=${admin.id}`)
    assert.deepEqual([taken?.action, granted?.action], ['role_taken', 'role_granted'])
    const between = `since=${granted?.occurredAt}&until=${taken?.occurredAt}`
    const found = await eventsOf(server, admin.token, `subject=${user.id}&actor=${admin.id}&${between}`)
    assert.deepEqual(
      found.map(({ id }) => id),
      [granted?.id],
    )
    assert.equal((await eventsOf(server, admin.token, `subject=${user.id}&action=role_taken&${between}`)).length, 0)
    assert.equal(
      (await eventsOf(server, admin.token, `subject=${user.id}&since=2020-01-01T00:00:00%2B02:00`)).length,
      3,
    )
  })

  it('refuses what it does not understand', async () => {
    const other = (await server.get('/users?limit=1', admin.token)).body.nextCursor
    for (const query of [
      'limit=0',
      'limit=101',
      'actor=me',
      'subject=1',
      'action=everything',
      'since=yesterday',
      'since=2026-01-01',
      'since=0000-01-01T00:00:00Z',
      'since=0001-01-01T00:00:00%2B01:00',
      `cursor=${encodeCursor(['0000-01-01T00:00:00.000Z', crypto.randomUUID()])}`,
      'until=2026-13-01T00:00:00Z',
      'cursor=x',
      `cursor=${other}`,
      'page=2',
      'action=login&action=logout',
    ]) {
      const { status, body } = await server.get(`/audit?${query}`, admin.token)
      assert.equal(status, 400, query)
      assert.equal(body.errors[0].pointer, `/${query.split('=')[0]}`)
    }
  })

  it('and its export are for administrators', async () => {
    const user = await registered(server)
    for (const path of ['/audit', '/audit/export']) {
      assert.equal((await server.get(path)).status, 401)
      assert.equal((await server.get(path, user.token)).status, 403)
    }
  })
})

describe('GET /audit/export', () => {
  it('gives every event of a filter as a line of JSON, the oldest first', async () => {
    const subject = crypto.randomUUID()
    await server.database.query(
      `INSERT INTO audit_events (id, action, subject_id) SELECT gen_random_uuid(), 'login', $1 FROM generate_series(1, 1234)`,
      [subject],
    )
    const answer = await server.get(`/audit/export?subject=${subject}`, admin.token)
    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson; charset=utf-8')
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename=[a-z.-]+$/)
    // Between the two, they may have been sealed.
    const unsealed = (event: unknown) => ({ ...(event as ShownEvent), seal: null })
    const events = await eventsOf(server, admin.token, `subject=${subject}`)
    assert.deepEqual(linesOf(answer.text).map(unsealed), events.reverse().map(unsealed))
  })

  it('escapes what a terminal or a reader of lines could take for more than a text', async () => {
    const headers = { 'user-agent': 'x\u009b2J\u0085"y' }
    const user = await registered(server)
    await server.send('POST', '/login', { json: { email: user.email, password: 'wrong' }, headers })
    const { text } = await server.get(`/audit/export?subject=${user.id}&action=login_failed`, admin.token)
    assert.match(text, /^[ -~]+\n$/)
    assert.equal(JSON.parse(text).userAgent, headers['user-agent'])
  })

  /** An answer that is too long to be sent at once, of which the head is there. */
  async function longExport(): Promise<Response> {
    const subject = crypto.randomUUID()
    await server.database.query(
      `INSERT INTO audit_events (id, action, subject_id, details)
       SELECT gen_random_uuid(), 'login', $1, jsonb_build_object('x', repeat('x', 2000)) FROM generate_series(1, 20000)`,
      [subject],
    )
    const headers = { authorization: `Bearer ${admin.token}` }
    return fetch(`${server.url}/audit/export?subject=${subject}`, { headers })
  }

  it('takes it for no error that its reader leaves', async () => {
    const answer = await longExport()
    const lines = () => server.logLines.filter((line) => line.includes(answer.headers.get('x-request-id') ?? '?'))
    await answer.body?.cancel()
    await eventually(async () => lines().length > 0, 'the request is over')
    assert.deepEqual(
      lines().map((line) => JSON.parse(line).msg),
      ['request'],
    )
  })

  it('is cut, and does not end well, where the database fails on the way', async () => {
    const answer = await longExport()
    await server.database.query('ALTER TABLE audit_events RENAME TO elsewhere')
    await assert.rejects(answer.text())
    await server.database.query('ALTER TABLE elsewhere RENAME TO audit_events')
  })

  it('is empty where nothing happened', async () => {
    const answer = await server.get(`/audit/export?subject=${crypto.randomUUID()}`, admin.token)
    assert.equal(answer.status, 200)
    assert.equal(answer.text, '')
  })
})
