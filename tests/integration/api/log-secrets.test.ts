import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RouteContract } from '../../../src/http/route.ts'
import { keepTokens, type MarkedAccount, markedAccount, markedAdminToken } from '../../support/marked-account.ts'
import { badRequests, goodRequest, type MarkedRequest } from '../../support/marked-requests.ts'
import { createMarks } from '../../support/marks.ts'
import { startProxy } from '../../support/proxy.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase } from '../../support/test-database.ts'
import { serverOfThisFile, startTestServer, type TestServer } from '../../support/test-server.ts'

const marks = createMarks()
const env = { LOG_LEVEL: 'trace' }
const server = await serverOfThisFile({ env })
const contracts = server.routes.map(({ contract }) => contract)
const adminToken = await markedAdminToken(server.send, marks)

const account = () => markedAccount(server.send, marks, adminToken)
/** One after the other: passwords that nobody guesses take their time to be judged. */
async function accountForEach(): Promise<MarkedAccount[]> {
  const accounts: MarkedAccount[] = []
  while (accounts.length < contracts.length) accounts.push(await account())
  return accounts
}
const tokenFor = ({ access }: RouteContract, { token }: MarkedAccount): string =>
  typeof access === 'object' ? adminToken : token

async function send({ method, path, options }: MarkedRequest, to: TestServer): Promise<number> {
  const { status, body, headers } = await to.send(method, path, options)
  keepTokens(marks, body, headers)
  return status
}

/** Each route once, as its contract allows it, by an account of its own. Gives the statuses, null where one is cut. */
async function sendToAll(senders: MarkedAccount[], to = server): Promise<(number | null)[]> {
  const statuses: (number | null)[] = []
  for (const [index, sender] of senders.entries()) {
    const contract = contracts[index] as RouteContract
    const request = goodRequest(contract, sender, tokenFor(contract, sender), marks)
    statuses.push(await send(request, to).catch(() => null))
  }
  return statuses
}

/** Searches all that was written since the last search, by requests and by everything else. */
function assertNoSecretIn({ logLines }: TestServer): void {
  const written = logLines.splice(0).join('')
  assert.match(written, /"msg":"request"/)
  assert.deepEqual(marks.foundIn(written), [])
}

/** Sends to each route while the database is broken, and sees that this was logged with its SQLSTATE. */
async function whileBroken(state: string, breaking: string, mending: string): Promise<void> {
  const senders = await accountForEach()
  await server.database.query(breaking)
  const statuses = await sendToAll(senders)
  await server.database.query(mending)
  assert.ok(statuses.includes(500))
  assert.match(server.logLines.join(''), new RegExp(`"level":50.*"code":"${state}".*"msg":"unexpected error"`))
  assertNoSecretIn(server)
}

describe('the log, at its most talkative', () => {
  it('can be searched: a secret in it is found, in whatever form', () => {
    const secret = marks.make('a secret that is shown')
    const hex = Buffer.from(secret).toString('hex')
    const forms = ['', 'a', 'ab', 'abc'].flatMap((before) =>
      (['base64', 'base64url', 'latin1'] as const).map((form) => Buffer.from(`${before}${secret}"`).toString(form)),
    )
    for (const shown of [...forms, secret.toUpperCase(), hex, hex.replaceAll(/../g, '%$&')]) {
      assert.equal(marks.foundIn(JSON.stringify({ shown })).length, 1, shown)
    }
  })

  for (const contract of contracts) {
    it(`has no secret of ${contract.method} ${contract.path}, whether it is allowed or refused`, async () => {
      const refused = await account()
      for (const request of badRequests(contract, refused, tokenFor(contract, refused), marks)) {
        await send(request, server)
      }
      const sender = await account()
      const token = tokenFor(contract, sender)
      if (token === adminToken) {
        assert.equal(await send(goodRequest(contract, sender, sender.token, marks), server), 403)
      }
      assert.ok((await send(goodRequest(contract, sender, token, marks), server)) < 300)
      assertNoSecretIn(server)
    })
  }

  it('has no secret of what cannot be parsed', async () => {
    const secret = () => marks.make('what cannot be parsed')
    for (const request of [
      `${secret()}\n\n`,
      `GET /${secret()} HTTP/1.1\nHost: x\n${secret()}\n\n`,
      `CONNECT ${secret()}:443 HTTP/1.1\nHost: x\n\n`,
      `POST /login HTTP/1.1\nHost: ${secret()}\nContent-Length: x${secret()}\n\n{"password":"${secret()}"}`,
    ]) {
      assert.match(await server.raw(request), /^HTTP\/1\.1 400 /)
    }
    await server.get('/healthz')
    assertNoSecretIn(server)
  })

  for (const table of ['users', 'user_roles', 'sessions', 'movies', 'audit_events', 'revocations']) {
    it(`has no secret where the table ${table} is gone`, () =>
      whileBroken('42P01', `ALTER TABLE ${table} RENAME TO gone`, `ALTER TABLE gone RENAME TO ${table}`))
  }

  for (const table of ['users', 'sessions', 'roles', 'audit_events']) {
    it(`has no secret of a row that the table ${table} does not take`, () =>
      whileBroken(
        '23514',
        `ALTER TABLE ${table} ADD CONSTRAINT no_more CHECK (false) NOT VALID`,
        `ALTER TABLE ${table} DROP CONSTRAINT no_more`,
      ))
  }

  for (const state of ['22P02', '23505', 'P0001']) {
    it(`has no secret that the database quotes with SQLSTATE ${state}`, () =>
      whileBroken(
        state,
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           RAISE EXCEPTION 'not %', NEW USING ERRCODE = '${state}', DETAIL = NEW::text, HINT = NEW::text;
         END $$;
         CREATE TRIGGER refusing BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse();
         CREATE TRIGGER refusing BEFORE INSERT OR UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION refuse();`,
        'DROP FUNCTION refuse() CASCADE',
      ))
  }

  it('has no secret where the database is away', async () => {
    const database = await createTestDatabase()
    await using proxy = await startProxy(database.url)
    await using away = await startTestServer({ env, database: { ...database, url: proxy.through(database.url) } })
    const admin = await markedAdminToken(away.send, marks)
    const senders = await Promise.all(contracts.map(() => markedAccount(away.send, marks, admin)))
    proxy.cut()
    const statuses = await sendToAll(senders, away)
    assert.ok(statuses.filter((status) => status === 503).length > 10)
    await eventually(async () => away.logLines.some((line) => line.includes('no connection yet')), 'it tries again')
    assert.match(away.logLines.join(''), /"level":40.*"msg":"a dependency does not answer"/)
    assertNoSecretIn(away)
  })
})
