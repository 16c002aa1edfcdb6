import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import bcrypt from 'bcrypt'
import { v7 as uuidv7 } from 'uuid'
import { readImportedHash } from '../../../src/services/password-hashes/stored-hash.ts'
import { freshEmail, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventsOf } from '../../support/audit.ts'
import type { Answer } from '../../support/check-answer.ts'
import { DOCUMENTED_HASHES, FOREIGN_HASHES, type ForeignHash } from '../../support/foreign-hashes.ts'
import { heldUp } from '../../support/held-up.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const { query } = server.database

/** A hash of Gatehouse's own, as this server makes them. */
const OWN = /^\$2b\$04\$/

const UMLAUTS = { nfc: 'Zaun\u00e9r g\u00e4rten 7', nfd: 'Zaune\u0301r ga\u0308rten 7' }
const LONG = 'neun grüne Scharniere '.repeat(12)

const PASSWORDS = {
  'in NFC': UMLAUTS.nfc,
  'in NFD': UMLAUTS.nfd,
  'with a ligature': 'of\uFB01ce \uFF21\u00B2 horse',
  'longer than 72 bytes': LONG,
}

async function stored({ passwordHash, passwordForm }: ForeignHash): Promise<string> {
  const reading = readImportedHash(passwordHash, passwordForm)
  assert.ok('stored' in reading, passwordHash)
  return reading.stored
}

/** An account as an import leaves it. */
async function imported(passwordHash: string): Promise<{ id: string; email: string }> {
  const [id, email] = [uuidv7(), freshEmail()]
  await query('INSERT INTO users (id, email, password_hash) VALUES ($1, $2, $3)', [id, email, passwordHash])
  return { id, email }
}

async function hashOf(id: string): Promise<string> {
  const [row] = await query('SELECT password_hash AS hash FROM users WHERE id = $1', [id])
  return row?.hash
}

const login = (email: string, password: string): Promise<Answer> => server.post('/login', { email, password })

async function statusOf(email: string, password: string): Promise<number> {
  return (await login(email, password)).status
}

/** The whole way of an account: others are refused, the password is let in, and from then on the hash is our own. */
async function assertMoves(hash: ForeignHash, password: string): Promise<void> {
  const before = await stored(hash)
  const { id, email } = await imported(before)
  assert.equal(await statusOf(email, `${password.slice(0, 20)}!`), 401)
  assert.equal(await statusOf(email, password.toUpperCase() + password), 401)
  assert.equal(await hashOf(id), before)
  assert.equal(await statusOf(email, password), 200)
  const after = await hashOf(id)
  assert.match(after, OWN)
  assert.equal(await statusOf(email, password), 200)
  assert.equal(await statusOf(email, `${password}!`), 401)
  assert.equal(await hashOf(id), after)
}

describe('logging in with the password of another system', () => {
  for (const [system, hashedBy] of Object.entries(FOREIGN_HASHES)) {
    it(`works for those of ${system}, and makes the hash our own`, async () => {
      for (const password of Object.values(PASSWORDS)) await assertMoves(await hashedBy(password), password)
    })
  }

  for (const { source, password, hash } of DOCUMENTED_HASHES) {
    it(`works for the hash in ${source}`, async () => {
      await assertMoves(hash, password)
    })
  }

  it('works for $2a$ of the package bcrypt, up to 254 bytes', async () => {
    for (const password of [PASSWORD, UMLAUTS.nfc, LONG.slice(0, 242)]) {
      const passwordHash = await bcrypt.hash(password, await bcrypt.genSalt(4, 'a'))
      assert.match(passwordHash, /^\$2a\$/)
      await assertMoves({ passwordHash, passwordForm: 'raw' }, password)
    }
  })

  it('takes the bytes as they are typed where the other system did, and either form from then on', async () => {
    const hash = await FOREIGN_HASHES['a tutorial, bcrypt']?.(UMLAUTS.nfd)
    assert.ok(hash)
    const { email } = await imported(await stored(hash))
    assert.equal(await statusOf(email, UMLAUTS.nfc), 401)
    assert.equal(await statusOf(email, UMLAUTS.nfd), 200)
    assert.equal(await statusOf(email, UMLAUTS.nfc), 200)
  })

  it('takes the NFKC form where the other system did', async () => {
    for (const typed of ['office A2', 'of\uFB01ce \uFF21\u00B2']) {
      const hash = await FOREIGN_HASHES['Better Auth']?.('of\uFB01ce A\u00B2')
      assert.ok(hash)
      const { email } = await imported(await stored(hash))
      assert.equal(await statusOf(email, typed), 200)
      assert.equal(await statusOf(email, typed), 200)
    }
  })

  it('takes the first 72 bytes where bcrypt read no further, and all of what was typed from then on', async () => {
    const { email } = await imported(`raw:${await bcrypt.hash(LONG, 4)}`)
    const other = `${LONG}and more`
    assert.equal(await statusOf(email, other), 200)
    assert.equal(await statusOf(email, LONG), 401)
    assert.equal(await statusOf(email, other), 200)
  })

  it('does not take what another form makes of a password', async () => {
    const long = await bcrypt.hash(LONG, 4)
    const { email } = await imported(long)
    assert.equal(await statusOf(email, LONG), 401)
    const { passwordHash } = (await FOREIGN_HASHES['Better Auth']?.(PASSWORDS['with a ligature'])) ?? {}
    const raw = await imported(`raw:${passwordHash}`)
    assert.equal(await statusOf(raw.email, PASSWORDS['with a ligature']), 401)
  })

  it('works as often as it is done at once', async () => {
    const { id, email } = await imported(`raw:${await bcrypt.hash(PASSWORD, 4)}`)
    const statuses = await Promise.all(Array.from({ length: 8 }, () => statusOf(email, PASSWORD)))
    assert.ok(statuses.includes(200))
    assert.match(await hashOf(id), OWN)
    assert.equal(await statusOf(email, PASSWORD), 200)
  })

  it('leaves a password that is changed meanwhile, and opens no session', async () => {
    const { id, email } = await imported(`raw:${await bcrypt.hash(PASSWORD, 4)}`)
    const changed = await bcrypt.hash('another password', 4)
    const change = `UPDATE users SET password_hash = '${changed}' WHERE id = '${id}'`
    // It waits to replace the hash that it was right for.
    const answer = await heldUp(server.database, change, 1, () => login(email, PASSWORD))
    assert.equal(answer.status, 401)
    assert.equal(await hashOf(id), changed)
    assert.equal(await server.database.count(`sessions WHERE user_id = '${id}'`), 0)
  })
})

describe('an account with the hash of another system', () => {
  /** Signed in, with a hash that was not replaced yet. */
  async function signedIn() {
    const account = await registered(server)
    const passwordHash = `raw:${await bcrypt.hash(UMLAUTS.nfd, 4)}`
    await query('UPDATE users SET password_hash = $2 WHERE id = $1', [account.id, passwordHash])
    return account
  }

  it('can change its password with the present one only', async () => {
    const { id, email, token } = await signedIn()
    const change = (currentPassword: string) =>
      server.send('PUT', '/userdetails/password', { token, json: { currentPassword, newPassword: PASSWORD } })
    const refused = await change(UMLAUTS.nfc)
    assert.deepEqual([refused.status, refused.body.errors?.[0].pointer], [400, '/currentPassword'])
    assert.equal((await change(UMLAUTS.nfd)).status, 204)
    assert.match(await hashOf(id), OWN)
    await loggedIn(server, email)
  })

  it('can change its address, and be deleted', async () => {
    const { token } = await signedIn()
    const send = (method: string, json: object) => server.send(method, '/userdetails', { token, json })
    const email = freshEmail()
    assert.equal((await send('PATCH', { email, currentPassword: PASSWORD })).status, 400)
    assert.equal((await send('PATCH', { email, currentPassword: UMLAUTS.nfd })).status, 200)
    const again = await loggedIn(server, email, UMLAUTS.nfd)
    const remove = (currentPassword: string) =>
      server.send('DELETE', '/userdetails', { token: again.token, json: { currentPassword } })
    assert.equal((await remove(PASSWORD)).status, 400)
    assert.equal((await remove(UMLAUTS.nfc)).status, 204)
  })
})

describe('an account without a password, or with what is no hash', () => {
  const TEXTS = [
    'none:',
    'raw:',
    'nfkc:none:',
    'x',
    'raw:$2b$04$x',
    `raw:$scrypt$ln=31,r=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  ]

  it('has no password: all are refused alike, and nothing breaks', async () => {
    for (const text of TEXTS) {
      const { id, email } = await imported(text)
      for (const password of [PASSWORD, 'none:', ' ', text]) {
        const { status, body } = await login(email, password)
        assert.deepEqual([status, body.code], [401, 'invalid_credentials'], text)
      }
      assert.equal(await hashOf(id), text)
    }
  })

  it('answers whoever is signed in as after a wrong password', async () => {
    for (const text of TEXTS) {
      const { id, token } = await registered(server)
      await query('UPDATE users SET password_hash = $2 WHERE id = $1', [id, text])
      for (const [method, path, json] of [
        ['PUT', '/userdetails/password', { currentPassword: text, newPassword: PASSWORD }],
        ['PATCH', '/userdetails', { email: freshEmail(), currentPassword: text }],
        ['DELETE', '/userdetails', { currentPassword: text }],
      ] as const) {
        const { status, body } = await server.send(method, path, { token, json })
        assert.deepEqual([status, body.errors?.[0].pointer], [400, '/currentPassword'], `${text} ${method}`)
      }
      assert.equal(await hashOf(id), text)
    }
  })
})

describe('an unknown address', () => {
  it('is compared with the hash of an account, and is not let in with its password', async () => {
    const admin = await loggedInAdmin(server)
    await query('UPDATE users SET password_hash = $1', [`raw:${await bcrypt.hash(PASSWORD, 4)}`])
    for (let address = 0; address < 10; address++) assert.equal(await statusOf(freshEmail(), PASSWORD), 401)
    const [event] = await eventsOf(server, admin.token, 'action=login_failed')
    assert.deepEqual([event?.subject, event?.details.reason], [null, 'unknown_email'])
  })
})
