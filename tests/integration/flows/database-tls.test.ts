import assert from 'node:assert/strict'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { unprivilegedAccount } from '../../../src/infrastructure/embedded-postgres/account.ts'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { createLog } from '../../../src/infrastructure/log.ts'
import { createAuthority, createCertificate } from '../../support/certificates.ts'
import { startServerProcess } from '../../support/server-process.ts'
import { APP_SECRET } from '../../support/test-database.ts'

const log = createLog({ level: 'warn', readable: false })

describe('a database over TLS, with sslmode=verify-full', () => {
  let folder: string
  let postgres: EmbeddedPostgres
  let authority: string
  let otherAuthority: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-tls-'))
    const dataDir = join(folder, 'data')
    const signer = await createAuthority(folder, 'authority')
    authority = signer.certificate
    otherAuthority = (await createAuthority(folder, 'other')).certificate
    const { certificate, key } = await createCertificate(folder, 'localhost', signer)
    await readableByPostgres(folder, certificate, key)
    const settings = { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key }
    postgres = await startEmbeddedPostgres({ dataDir, settings, log })
  })
  after(async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** The certificate is for `localhost`. */
  const environment = (host: string, rootCertificate: string) => {
    const url = new URL(postgres.url)
    url.hostname = host
    url.search = String(new URLSearchParams({ sslmode: 'verify-full', sslrootcert: rootCertificate }))
    return { NODE_ENV: 'test', APP_SECRET, HOST: '127.0.0.1', DATABASE_URL: url.href }
  }

  async function assertRefused(env: Record<string, string>, why: RegExp): Promise<void> {
    await assert.rejects(async () => {
      await using _server = await startServerProcess(env)
    }, why)
  }

  it('is spoken to in TLS 1.2 or 1.3 by every connection', async () => {
    await using server = await startServerProcess(environment('localhost', authority))
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
    const connections = await connectionsOf(postgres.url)
    assert.ok(connections.some(({ name }) => name === 'gatehouse'))
    assert.ok(connections.some(({ name }) => name === 'gatehouse-listen'))
    for (const { version } of connections) assert.match(String(version), /^TLSv1\.[23]$/)
  })

  it('is not spoken to where another authority has signed its certificate', () =>
    assertRefused(environment('localhost', otherAuthority), /unable to verify|certificate/))

  it('is not spoken to where its certificate is for another host', () =>
    assertRefused(environment('127.0.0.1', authority), /IP: 127\.0\.0\.1 is not in the cert's list/))

  it('is not spoken to where it has no TLS', () => {
    const { DATABASE_URL, ...env } = environment('localhost', authority)
    const withoutTls = new URL(process.env.TEST_POSTGRES_URL ?? '')
    withoutTls.search = new URL(DATABASE_URL).search
    return assertRefused({ ...env, DATABASE_URL: withoutTls.href }, /does not support SSL/)
  })
})

/** PostgreSQL takes a key that only its own account can read. */
async function readableByPostgres(folder: string, certificate: string, key: string): Promise<void> {
  const account = await unprivilegedAccount(join(folder, 'data', 'postgres'))
  await chmod(folder, 0o755)
  await chmod(key, 0o600)
  if (!account) return
  for (const path of [certificate, key]) await chown(path, account.uid, account.gid)
}

/** Of the server's connections: which, and by which version of TLS. */
async function connectionsOf(url: string): Promise<{ name: string; version: string | null }[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string; version: string | null }>(
      `SELECT application_name AS name, version FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
       WHERE application_name IN ('gatehouse', 'gatehouse-listen')`,
    )
    return rows
  } finally {
    await client.end()
  }
}
