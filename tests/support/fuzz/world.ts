import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { claimsOf, freshEmail } from '../accounts.ts'
import type { Answer } from '../check-answer.ts'
import { exchange } from '../exchange.ts'
import type { TestDatabase } from '../test-database.ts'
import { ADMIN, PASSWORD } from '../test-server.ts'
import { CONTROL_ID } from './log-reader.ts'
import { worthlessTokens } from './worthless-tokens.ts'

/** Accounts by whom hostile requests are sent, and who may perish by them; and others who must not notice. */
export interface World {
  /** Fills in what stands between tildes, see known.ts. */
  fill(text: string): string
  /** Makes again what has perished. */
  renew(): Promise<void>
  /** Throws where something has changed that nobody was allowed to change. */
  assertUntouched(): Promise<void>
}

const ROLE = 'sacrificed'
const LISTS = ['/users', '/moviedata', '/audit']

export async function createWorld(url: string, database: TestDatabase): Promise<World> {
  const values = new Map([
    ['password', PASSWORD],
    ['role', ROLE],
  ])
  const admins = new Set<string>()
  const first = keep('first-admin', await post('/login', { email: ADMIN.email, password: ADMIN.password }))
  admins.add(first.id)
  const bystander = keep(
    'bystander',
    await post('/register', { email: freshEmail(), password: randomBytes(20).toString('hex') }),
  )
  for (const [name, token] of Object.entries(await worthlessTokens(database, first.token)))
    values.set(`${name}.token`, token)
  await renew()
  await keepPlaces()
  const before = await fingerprint()
  return { fill, renew, assertUntouched }

  function fill(text: string): string {
    const known = (name: string) => (name === 'fresh.email' ? freshEmail() : values.get(name))
    return text.replaceAll(/~([a-z.-]+)~/g, (all, name: string) => known(name) ?? all)
  }

  async function renew(): Promise<void> {
    await Promise.all([renewAccount('user'), renewAdmin(), renewVictim()])
    await post('/roles', { name: ROLE }, first.token)
  }

  /** Gives the account new tokens, or its name to another where it cannot sign in any more. */
  async function renewAccount(name: string): Promise<{ id: string }> {
    const login = await post('/login', { email: values.get(`${name}.email`) ?? freshEmail(), password: PASSWORD })
    if (login.status === 200) return keep(name, login)
    return keep(name, await post('/register', { email: freshEmail(), password: PASSWORD }))
  }

  async function renewAdmin(): Promise<void> {
    const { id } = await renewAccount('admin')
    const { status } = await send('PUT', `/users/${id}/roles/admin`)
    assert.equal(status, 204)
    admins.add(id)
    await renewAccount('admin')
  }

  async function renewVictim(): Promise<void> {
    const { status } = await send('GET', `/users/${values.get('victim.id') ?? first.id}`)
    if (status === 404 || !values.has('victim.id')) await renewAccount('victim')
  }

  async function keepPlaces(): Promise<void> {
    for (const path of LISTS) {
      const { body } = await send('GET', `${path}?limit=1`)
      values.set(`cursor${path.replaceAll('/', '.')}`, body.nextCursor)
      if (path === '/moviedata') values.set('movie.id', body.items[0].id)
    }
  }

  function send(method: string, path: string): Promise<Answer> {
    return exchange(url, method, path, { token: first.token, headers: CONTROL_ID })
  }

  function post(path: string, json: object, token?: string): Promise<Answer> {
    return exchange(url, 'POST', path, { json, token, headers: CONTROL_ID })
  }

  function keep(name: string, { status, body }: Answer): { id: string; token: string } {
    assert.ok(status === 200 || status === 201, `${name}: ${status} ${body?.code}`)
    const { user, token, refreshToken } = body
    const known = { id: user.id, email: user.email, token, refresh: refreshToken, session: String(claimsOf(token).sid) }
    for (const [what, value] of Object.entries(known)) values.set(`${name}.${what}`, value)
    return known
  }

  async function assertUntouched(): Promise<void> {
    assert.deepEqual(await fingerprint(), before)
    const holders = await database.query<{ user_id: string }>("SELECT user_id FROM user_roles WHERE role = 'admin'")
    for (const { user_id: id } of holders) assert.ok(admins.has(id), `${id} has become an administrator`)
    assert.ok(holders.some(({ user_id: id }) => id === first.id))
  }

  /** Everything about those who must not notice, and what belongs to nobody. */
  async function fingerprint(): Promise<unknown> {
    const theirs = (column: string) => `${column} IN ('${first.id}', '${bystander.id}')`
    const rows = (table: string, where: string) =>
      database.query(
        `SELECT md5(string_agg(t::text, '\n' ORDER BY t::text)) AS "${table}" FROM ${table} t WHERE ${where}`,
      )
    return Promise.all([
      rows('users', theirs('id')),
      rows('user_roles', theirs('user_id')),
      rows('sessions', theirs('user_id')),
      rows('movies', 'true'),
      rows('signing_keys', 'true'),
      rows('roles', 'builtin'),
    ])
  }
}
