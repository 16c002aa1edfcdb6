import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import { createHashCosts } from '../../src/infrastructure/hash-costs.ts'
import { costProblem } from '../../src/services/password-hashes/hash-costs.ts'
import type { PasswordHash } from '../../src/services/password-hashes/password-hash.ts'
import { exportedHash, readImportedHash, readStoredHash } from '../../src/services/password-hashes/stored-hash.ts'
import { DOCUMENTED_HASHES, FIREBASE, FOREIGN_HASHES, type ForeignHash } from '../support/foreign-hashes.ts'

const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64').replaceAll('=', '')

const SALT = base64(16)
const DIGEST = base64(32)
const SIGNER = FIREBASE.signerKey
const BCRYPT = '$2b$10$tqBvJ6OaKo3AxaEsyuEOP.7Jq7H6uKrJnbUqBzXCGtp1vRzN6B6Hy'

const argon2 = (cost: string, salt = SALT, digest = DIGEST) => `$argon2id$v=19$${cost}$${salt}$${digest}`
const scrypt = (cost: string, salt = SALT, digest = DIGEST) => `$scrypt$${cost}$${salt}$${digest}`
const pbkdf2 = (cost: string, salt = SALT, digest = DIGEST) => `$pbkdf2-sha256$${cost}$${salt}$${digest}`
const firebase = (cost: string, keys = `ss=Bw==,sk=${SIGNER}`, digest = base64(64)) =>
  `$fbscrypt$v=1,${cost},${keys}$${SALT}$${digest}`

function problemOf(passwordHash: string): string {
  const reading = readImportedHash(passwordHash, 'raw')
  return 'problem' in reading ? reading.problem : `was read: ${passwordHash}`
}

function hashOf(passwordHash: string): PasswordHash {
  const reading = readImportedHash(passwordHash, 'raw')
  assert.ok('hash' in reading && reading.hash, passwordHash)
  return reading.hash
}

describe('the hash of another system', () => {
  const made: ForeignHash[] = DOCUMENTED_HASHES.map(({ hash }) => hash)

  before(async () => {
    made.push(...(await Promise.all(Object.values(FOREIGN_HASHES).map((hash) => hash('a password')))))
  })

  it('is stored with its form, and exported as it came', () => {
    for (const { passwordHash, passwordForm } of made) {
      const reading = readImportedHash(passwordHash, passwordForm)
      assert.ok('stored' in reading, passwordHash)
      assert.equal(reading.stored, `${passwordForm}:${passwordHash}`)
      assert.deepEqual(exportedHash(reading.stored), { passwordHash, passwordForm })
      assert.deepEqual(readStoredHash(reading.stored), { form: passwordForm, hash: reading.hash })
    }
  })

  it('is read with its parameters', () => {
    const parts = { salt: SALT, digest: DIGEST }
    assert.deepEqual(hashOf(argon2('m=65536,t=3,p=4')), { scheme: 'argon2id', m: 65_536, t: 3, p: 4, ...parts })
    assert.deepEqual(hashOf(argon2('m=65536,p=4,t=3')), { scheme: 'argon2id', m: 65_536, t: 3, p: 4, ...parts })
    assert.deepEqual(hashOf(scrypt('ln=14,r=16,p=1')), { scheme: 'scrypt', ln: 14, r: 16, p: 1, ...parts })
    for (const cost of ['i=27500', 'i=27500,l=32', '27500']) {
      assert.deepEqual(hashOf(pbkdf2(cost)), { scheme: 'pbkdf2-sha256', iterations: 27_500, ...parts })
    }
    assert.equal(hashOf(`$pbkdf2$i=1000$${SALT}$${DIGEST}`).scheme, 'pbkdf2-sha1')
  })

  it('of Firebase is read with padding or without, and in both alphabets', () => {
    const [salt, digest] = [Buffer.alloc(10, 0xfb), Buffer.alloc(64, 0xff)]
    const start = (encoding: 'base64' | 'base64url') =>
      `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=${Buffer.from(SIGNER, 'base64').toString(encoding)}`
    const [one, other] = (['base64', 'base64url'] as const).map((encoding) =>
      hashOf(`${start(encoding)}$${salt.toString(encoding)}$${digest.toString(encoding)}`),
    )
    assert.deepEqual(one, other)
    assert.ok(one && 'saltSeparator' in one && one.saltSeparator === 'Bw')
  })

  it('is refused where nothing here verifies such', () => {
    for (const text of [
      ...['', ' ', 'none:', 'password', '5f4dcc3b5aa765d61d8327deb882cf99', '$', '$$', '$2b', '$constructor$x'],
      ...[`raw:${BCRYPT}`, ` ${BCRYPT}`, BCRYPT.replace('$2b', '$2x'), BCRYPT.replace('$2b', '$2'), '{BCRYPT}$2b$10$x'],
      ...[
        '$1$etNnh7FA$OlM7eljE/B7F1J4XYNnk81',
        '$6$saltsalt$digest',
        '$argon2$v=19$m=8,t=1,p=1$x$y',
        '$scrypt',
        '$SCRYPT$x',
      ],
      ...[
        `$pbkdf2-md5$i=1000$${SALT}$${DIGEST}`,
        argon2('m=8,t=1,p=1', SALT, base64(1_000)),
        `$2b$${'1'.repeat(2_000)}`,
      ],
    ]) {
      assert.equal(problemOf(text), 'is not a hash that can be verified here')
    }
  })

  it('is refused where it is none of its scheme', () => {
    const bcrypt = ['03', '32', '4', '1e', '99', '010'].map((cost) => BCRYPT.replace('$10$', `$${cost}$`))
    const argon2s = ['', 'm=7,t=1,p=1', 'm=64,t=1,p=9', 'm=64,t=0,p=1', 'm=064,t=1,p=1', 'm=64,t=1', 'm=64,t=1,p=1,p=1']
    const more = [
      'm=64,t=1,t=1',
      'm=64,t=1,p=-1',
      'm=64,t=1,p=1.5',
      'm=64, t=1,p=1',
      'm=99999999999,t=1,p=1',
      'm=64,t=1,x=1',
    ]
    const scrypts = [
      '',
      'ln=0,r=8,p=1',
      'ln=14,r=0,p=1',
      'ln=14,r=8,p=0',
      'ln=16,r=1,p=1',
      'ln=32,r=8,p=1',
      'n=14,r=8,p=1',
    ]
    const pbkdf2s = [
      '',
      '0',
      'i=0',
      'i=',
      'i=2147483648',
      'i=1000,l=31',
      '1000,l=32',
      'x=1000',
      '1e3',
      '-1',
      'i=1000,l=032',
    ]
    for (const text of [
      ...[
        ...bcrypt,
        `${BCRYPT}x`,
        `${BCRYPT}\n`,
        BCRYPT.slice(0, -1),
        BCRYPT.replace(/y$/, 'z'),
        BCRYPT.replace('P.7', 'P+7'),
      ],
      ...[...argon2s, ...more].map((cost) => argon2(cost)),
      ...[...scrypts, 'ln=14,r=99999999,p=99999999', 'ln=14,r=8'].map((cost) => scrypt(cost)),
      ...pbkdf2s.map((cost) => pbkdf2(cost)),
      ...[argon2('m=64,t=1,p=1').replace('v=19', 'v=16'), argon2('m=64,t=1,p=1').replace('v=19$', '')],
      ...[
        firebase('n=0,r=8,p=1'),
        firebase('n=14,r=8,p=1', 'ss=Bw=='),
        firebase('n=14,r=8,p=1', `sk=${SIGNER},ss=Bw==`),
      ],
      ...[firebase('n=14,r=8,p=1', `ss=Bw==,sk=${SIGNER}`, base64(32)), firebase('n=14,r=8,p=1').replace('v=1', 'v=2')],
    ]) {
      const [, name] = text.split('$')
      assert.equal(problemOf(text), `is not a $${name}$ hash that can be verified here`, text)
    }
  })

  it('is refused where a salt or a digest is too short, too long or not in base64', () => {
    const bad = [
      base64(7),
      base64(257),
      `${base64(15)}*`,
      `${base64(16)}=`,
      `${base64(16).slice(0, -1)}x`,
      `${base64(15)}A`,
    ]
    for (const make of [argon2, scrypt, pbkdf2]) {
      const cost =
        { [argon2.name]: 'm=64,t=1,p=1', [scrypt.name]: 'ln=4,r=8,p=1', [pbkdf2.name]: '1000' }[make.name] ?? ''
      assert.ok(hashOf(make(cost)))
      for (const salt of bad) assert.match(problemOf(make(cost, salt)), /^is not a \$/, salt)
      for (const digest of [base64(15), ...bad]) assert.match(problemOf(make(cost, SALT, digest)), /^is not a \$/)
    }
  })

  it('is refused, or is read and can be stored, whatever it is, and whatever stands in it', () => {
    const intact = fc.constantFrom(
      ...[BCRYPT, argon2('m=64,t=1,p=1'), scrypt('ln=4,r=8,p=1'), pbkdf2('i=1000')],
      firebase('n=4,r=8,p=1'),
    )
    const changed = fc
      .tuple(intact, fc.nat(200), fc.nat(3), fc.string({ maxLength: 3 }))
      .map(([text, at, less, more]) => text.slice(0, at) + more + text.slice(at + less))
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), changed),
        fc.constantFrom('raw', 'nfkc', 'gatehouse'),
        (text, form) => {
          const reading = readImportedHash(text, form)
          if ('problem' in reading)
            assert.match(reading.problem, /^(is not a (\$[\w-]+\$ )?hash|is not of bcrypt|would take)/)
          else assert.deepEqual(exportedHash(reading.stored), { passwordHash: text, passwordForm: form })
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

describe("a hash of Gatehouse's own", () => {
  it('is stored as it is', () => {
    const reading = readImportedHash(BCRYPT, 'gatehouse')
    assert.ok('stored' in reading)
    assert.equal(reading.stored, BCRYPT)
    assert.deepEqual(exportedHash(BCRYPT), { passwordHash: BCRYPT, passwordForm: 'gatehouse' })
  })

  it('is of bcrypt, and no other stands for one', () => {
    const other = scrypt('ln=14,r=8,p=1')
    const problem = 'is not of bcrypt, as all hashes of the form "gatehouse" are'
    assert.deepEqual(readImportedHash(other, 'gatehouse'), { problem })
    assert.equal(readStoredHash(other), null)
  })
})

describe('an account without a password', () => {
  it('is stored as one, and exported as one', () => {
    assert.deepEqual(readImportedHash(null, 'raw'), { stored: 'none:', hash: null })
    assert.deepEqual(exportedHash('none:'), { passwordHash: null, passwordForm: 'raw' })
    assert.equal(readStoredHash('none:'), null)
  })
})

describe('what a hash costs', () => {
  it('is refused where it is more memory or more threads than a login is given', () => {
    assert.equal(problemOf(scrypt('ln=19,r=8,p=1')), 'would take 512 MiB of memory at a login, more than 256')
    assert.equal(problemOf(scrypt('ln=4,r=8,p=1048576')), 'would take 1024 MiB of memory at a login, more than 256')
    assert.equal(problemOf(firebase('n=19,r=8,p=1')), 'would take 512 MiB of memory at a login, more than 256')
    assert.equal(problemOf(argon2('m=262145,t=1,p=1')), 'would take 257 MiB of memory at a login, more than 256')
    assert.equal(problemOf(argon2('m=65536,t=1,p=33')), 'would take 33 threads at a login, more than 32')
    for (const text of [scrypt('ln=18,r=8,p=1'), argon2('m=262144,t=1,p=32')]) assert.ok(hashOf(text))
  })

  it('is refused where it is more than two seconds of a login', () => {
    const costs = { secondsOf: (hash: PasswordHash) => (hash.scheme === 'bcrypt' && hash.cost === 16 ? 3.31 : 2) }
    const problem = 'would keep a login waiting for 3.4 s (bcrypt 16), more than 2 s'
    assert.equal(costProblem(hashOf(BCRYPT.replace('$10$', '$16$')), costs), problem)
    assert.equal(costProblem(hashOf(BCRYPT), costs), null)
  })

  it('is in proportion to what there is to compute, on this machine', () => {
    const { secondsOf } = createHashCosts()
    const times = (more: string, less: string) => secondsOf(hashOf(more)) / secondsOf(hashOf(less))
    assert.equal(times(BCRYPT.replace('$10$', '$16$'), BCRYPT), 64)
    assert.equal(times(scrypt('ln=18,r=8,p=4'), scrypt('ln=14,r=16,p=1')), 32)
    assert.equal(times(firebase('n=14,r=8,p=1'), scrypt('ln=14,r=8,p=1')), 1)
    assert.equal(times(pbkdf2('i=9000'), pbkdf2('i=1000')), 9)
    assert.equal(times(pbkdf2('i=1000', SALT, base64(33)), pbkdf2('i=1000')), 2)
    assert.equal(times(argon2('m=65536,t=3,p=1'), argon2('m=65536,t=1,p=1')), 2)
    assert.ok(times(argon2('m=256,t=10000,p=32'), argon2('m=256,t=10000,p=1')) > 10)
  })

  it('is hours for the worst, and is not computed to know it', () => {
    const costs = createHashCosts()
    for (const text of [BCRYPT.replace('$10$', '$31$'), pbkdf2('i=2147483647'), argon2('m=262144,t=4294967295,p=32')]) {
      assert.match(costProblem(hashOf(text), costs) ?? '', /^would keep a login waiting for \d{3,}\.\d s \(/)
    }
  })
})
