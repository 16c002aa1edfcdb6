import assert from 'node:assert/strict'
import { type KeyObject, sign } from 'node:crypto'
import type { Account } from './accounts.ts'
import { answersTo } from './raw-connection.ts'
import { storedKeys } from './stored-keys.ts'
import type { TestServer } from './test-server.ts'

/** A part of a token: a value to be written as JSON, or the text or bytes themselves. */
export type Part = object | string | Buffer

export interface Forge {
  /** What a good token of the account says. */
  header: { alg: string; typ: string; kid: string }
  claims: Record<string, unknown>
  /** The private key that it was signed with. */
  key: KeyObject
  /** Signs anything, with ES256. Without arguments it makes another good token. */
  seal(parts?: { header?: Part; claims?: Part; key?: KeyObject }): string
}

/** Makes tokens that only what is wrong with them tells from the real ones: with the real key, from a real token. */
export async function forgeFor(
  { database }: Pick<TestServer, 'database'>,
  { token }: Pick<Account, 'token'>,
): Promise<Forge> {
  const [header, claims] = token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  const stored = (await storedKeys(database)).find(({ state }) => state === 'current')
  assert.ok(stored)
  const { privateKey } = stored
  return { header, claims, key: privateKey, seal }

  function seal({ header: head = header, claims: body = claims, key = privateKey }: Parameters<Forge['seal']>[0] = {}) {
    const signed = `${encode(head)}.${encode(body)}`
    return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }
}

export function encode(part: Part): string {
  const bytes = typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part)
  return Buffer.from(bytes as string).toString('base64url')
}

/** Claims as text, with more behind them, which JSON.stringify would not write. */
export const claimsText = (claims: object, more: string): string => JSON.stringify(claims).replace(/\}$/, `,${more}}`)

/** Whatever asks for a token: data, a role, an account, a gateway. */
const ROUTES = ['/moviedata', '/users', '/userdetails', '/verify', '/verify?role=admin']

/** Holds that these routes answer 200 or 204 to an administrator's token. */
export async function assertAccepted(server: TestServer, token: string): Promise<void> {
  for (const path of ROUTES) {
    const { status } = await ask(server, path, `Bearer ${token}`)
    assert.equal(status, path.startsWith('/verify') ? 204 : 200, path)
  }
}

/** Holds that these routes refuse it, and tell nothing about why: all is as for a token that is none at all. */
export async function assertForged(server: TestServer, token: string): Promise<void> {
  for (const path of ROUTES) {
    const answer = await ask(server, path, `Bearer ${token}`)
    assert.equal(answer.status, 401, path)
    assert.equal(answer.problem.code, 'invalid_token', path)
    assert.deepEqual(answer, await ask(server, path, 'Bearer x'), path)
  }
}

/** The answer to a request with this `Authorization` header, byte by byte, without what differs from one to the next. */
export async function ask({ port }: TestServer, path: string, authorization: string) {
  const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: same\r\nConnection: close\r\n`
  const [answer, ...more] = await answersTo(port, `${head}Authorization: ${authorization}\r\n\r\n`)
  assert.ok(answer)
  assert.equal(more.length, 0)
  const { status, headers, body } = answer
  headers.delete('date')
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json')
  return { status, headers: [...headers], problem: isProblem ? JSON.parse(body) : null }
}
