import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { describe, it } from 'node:test'
import { ConfigError, completeConfig, readConfig } from '../../config/env.ts'

const DATABASE_URL = 'postgres://user:pass@db.example.com/gatehouse'
const APP_SECRET = 'x'.repeat(32)

describe('the configuration', () => {
  it('has a default for everything where the database is embedded', () => {
    const config = readConfig({})
    assert.equal(config.port, 3000)
    assert.equal(config.host, '127.0.0.1')
    assert.equal(config.databaseUrl, null)
    assert.equal(config.appSecret, null)
    assert.equal(config.bcryptCost, 10)
  })

  it('counts an empty variable as not set', () => {
    assert.deepEqual(readConfig({ PORT: '', DATABASE_URL: '', CORS_ORIGINS: '' }), readConfig({}))
  })

  it('takes several earlier secrets, and none by default', () => {
    const APP_SECRET_PREVIOUS = `${'y'.repeat(32)}, ${'z'.repeat(32)}`
    assert.deepEqual(readConfig({ APP_SECRET_PREVIOUS }).previousAppSecrets, ['y'.repeat(32), 'z'.repeat(32)])
    assert.deepEqual(readConfig({}).previousAppSecrets, [])
  })

  it('listens everywhere with a database of its own', () => {
    assert.equal(readConfig({ DATABASE_URL, APP_SECRET }).host, '0.0.0.0')
    assert.equal(readConfig({ DATABASE_URL, APP_SECRET, HOST: '::1' }).host, '::1')
  })

  it('names every bad variable in one message, and no value', () => {
    const env = {
      PORT: '99999',
      DATABASE_URL: 'mysql://secret',
      APP_SECRET: 'too short',
      LOG_LEVEL: 'loud',
      BCRYPT_COST: '9',
    }
    assert.throws(
      () => readConfig(env),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError)
        for (const name of Object.keys(env)) assert.match(error.message, new RegExp(`^ {2}${name} must `, 'm'))
        assert.match(error.message, /openssl rand -base64 48/)
        assert.doesNotMatch(error.message, /mysql|too short/)
        return true
      },
    )
  })

  for (const [why, env, message] of [
    ['a database without a secret', { DATABASE_URL }, /APP_SECRET is needed with DATABASE_URL/],
    [
      'an earlier secret that is too short',
      { APP_SECRET, APP_SECRET_PREVIOUS: `${APP_SECRET},y` },
      /APP_SECRET_PREVIOUS must/,
    ],
    ['a cost below 10', { BCRYPT_COST: '9' }, /BCRYPT_COST must be from 10 to 15/],
    ['a cost above 15', { BCRYPT_COST: '16' }, /BCRYPT_COST/],
    ['a port that is a word', { PORT: 'http' }, /PORT must be a whole number from 0 to 65535/],
    ['an administrator without a password', { DATABASE_URL, APP_SECRET, ADMIN_EMAIL: 'a@b.co' }, /ADMIN_PASSWORD/],
    ['an administrator who is no address', { ADMIN_EMAIL: 'root' }, /ADMIN_EMAIL must be an email address/],
    ['an origin with a path', { CORS_ORIGINS: 'https://a.example/x' }, /CORS_ORIGINS/],
    ['any origin', { CORS_ORIGINS: '*' }, /CORS_ORIGINS/],
    ['limits that are neither on nor off', { RATE_LIMITS: 'none' }, /RATE_LIMITS must be on or off/],
    ['a Redis that is none', { REDIS_URL: 'http://localhost:6379' }, /REDIS_URL must be a redis:/],
    ['a proxy by its name', { TRUST_PROXY: '10.0.0.1, proxy.example.com' }, /TRUST_PROXY must be addresses/],
    ['every address as a proxy', { TRUST_PROXY: '0.0.0.0/0' }, /TRUST_PROXY must be addresses/],
    ['a public address with a password', { PUBLIC_URL: 'https://ada:secret@id.example.com' }, /PUBLIC_URL/],
    ['a public address that is none', { PUBLIC_URL: 'localhost:3000' }, /PUBLIC_URL/],
    ['no worker at all', { WORKERS: '0' }, /WORKERS must be auto, for one per core, or a whole number from 1 to 256/],
    ['workers by another word', { WORKERS: 'all' }, /WORKERS must be auto/],
    ['an operations port that is a word', { OPS_PORT: 'metrics' }, /OPS_PORT must be a whole number/],
    ['a short minimum length', { PASSWORD_MIN_LENGTH: '7' }, /PASSWORD_MIN_LENGTH/],
    ['a direct address without the other', { DATABASE_DIRECT_URL: DATABASE_URL }, /DATABASE_DIRECT_URL/],
  ] as const) {
    it(`refuses ${why}`, () => {
      assert.throws(() => readConfig(env), message)
    })
  }

  it('names what is missing beside what is wrong, each once', () => {
    assert.throws(() => readConfig({ PORT: 'abc', DATABASE_URL, BCRYPT_COST: '2' }), {
      message: [
        'The configuration is not right:',
        '  PORT must be a whole number from 0 to 65535',
        '  BCRYPT_COST must be from 10 to 15 (from 4 with NODE_ENV=test)',
        '  APP_SECRET is needed with DATABASE_URL; make one: openssl rand -base64 48',
      ].join('\n'),
    })
  })

  it('takes proxies as addresses, networks and by the names of networks', () => {
    const { trustProxy } = readConfig({ TRUST_PROXY: '10.0.0.1, 192.168.0.0/16,2001:db8::/32, loopback' })
    assert.deepEqual(trustProxy, ['10.0.0.1', '192.168.0.0/16', '2001:db8::/32', 'loopback'])
  })

  it('has one worker, as many as it is told, or one per core', () => {
    assert.equal(readConfig({}).workers, 1)
    assert.equal(readConfig({ WORKERS: '3' }).workers, 3)
    assert.equal(readConfig({ WORKERS: 'auto' }).workers, availableParallelism())
  })

  it('has a second listener, on loopback, only where its port is named', () => {
    assert.equal(readConfig({}).opsPort, null)
    const { opsPort, opsHost } = readConfig({ OPS_PORT: '9464' })
    assert.deepEqual([opsPort, opsHost], [9464, '127.0.0.1'])
  })

  it('allows a cheap hash only in tests', () => {
    assert.equal(readConfig({ BCRYPT_COST: '4', NODE_ENV: 'test' }).bcryptCost, 4)
    assert.throws(() => readConfig({ BCRYPT_COST: '4', NODE_ENV: 'production' }))
  })

  it('is completed by what the server found', () => {
    const found = { port: 4321, databaseUrl: DATABASE_URL, appSecret: APP_SECRET }
    const complete = completeConfig(readConfig({ PORT: '0' }), found)
    assert.equal(complete.publicUrl, 'http://localhost:4321')
    assert.equal(complete.tokenAudience, 'http://localhost:4321')
    assert.equal(complete.databaseDirectUrl, DATABASE_URL)
    const behindProxy = completeConfig(readConfig({ PUBLIC_URL: 'https://id.example.com/' }), found)
    assert.equal(behindProxy.publicUrl, 'https://id.example.com')
  })
})
