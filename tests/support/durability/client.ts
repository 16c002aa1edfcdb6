import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { freshEmail } from '../accounts.ts'
import type { NodeClient } from '../node-client.ts'
import { PASSWORD } from '../test-server.ts'
import { type Account, type Change, type Ledger, noChanges, ROLE } from './ledger.ts'
import type { Site } from './site.ts'

/** After so many changes an account is left alone, so that tokens and lists stay short. */
const CHANGES_OF_ONE = 8
const NOT_NOW_MS = 50

type Request = Parameters<NodeClient['send']>

// biome-ignore lint/suspicious/noExplicitAny: a test reads what the answer should have.
type Body = any

/** Registers accounts and changes them, one after the other, and notes in the ledger what is acknowledged. */
export async function act(site: Site, ledger: Ledger, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const account = newAccount()
    ledger.accounts.push(account)
    await register(account)
    for (let count = 0; count < CHANGES_OF_ONE && account.pending === null && !isOver(); count++) {
      await changeSomething(account)
    }
  }

  async function register(account: Account): Promise<void> {
    const { email, password } = account
    const request: Request = ['POST', '/register', undefined, { email, password }]
    const body = await attempt(account, 'registered', request)
    if (body) takeSession(account, body)
    else await registerAgain(account, request)
  }

  /** As a client does that was not answered. */
  async function registerAgain(account: Account, request: Request): Promise<void> {
    const answer = await ask(request)
    if (answer?.status === 201) {
      ledger.repeated.made += 1
      acknowledge(account, 'registered')
      takeSession(account, answer.body)
    } else if (answer?.status === 409) {
      ledger.repeated.there += 1
      acknowledge(account, 'registered')
      await login(account)
    } else if (answer && answer.status < 500) contradict(account, 'registered', answer.status)
  }

  async function changeSomething(account: Account): Promise<void> {
    const { id, token, refreshToken, password, hasRole } = account
    if (refreshToken === null) return login(account)
    const change = (['password_changed', 'role', 'refreshed', 'logout'] as const)[randomInt(4)]
    if (change === 'password_changed') {
      account.pendingPassword = `${PASSWORD} ${randomInt(2 ** 40)}`
      const json = { currentPassword: password, newPassword: account.pendingPassword }
      if (!(await attempt(account, change, ['PUT', '/userdetails/password', token, json]))) return
      account.password = account.pendingPassword
    } else if (change === 'role') {
      const { adminToken } = await site.node()
      const path = `/users/${id}/roles/${ROLE}`
      const request: Request = [hasRole ? 'DELETE' : 'PUT', path, adminToken]
      if (await attempt(account, hasRole ? 'role_taken' : 'role_granted', request)) account.hasRole = !hasRole
    } else if (change === 'refreshed') {
      const body = await attempt(account, change, ['POST', '/refresh', undefined, { refreshToken }])
      if (body) Object.assign(account, { token: body.token, refreshToken: body.refreshToken })
    } else {
      if (!(await attempt(account, 'logout', ['POST', '/logout', undefined, { refreshToken }]))) return
      account.ended.push({ token, refreshToken })
      account.refreshToken = null
    }
  }

  async function login(account: Account): Promise<void> {
    const { email, password } = account
    const body = await attempt(account, 'login', ['POST', '/login', undefined, { email, password }])
    if (body) takeSession(account, body)
  }

  /** The answer's body where the change is acknowledged; else null, and it stays pending. */
  async function attempt(account: Account, change: Change, request: Request): Promise<Body | null> {
    account.pending = change
    const answer = await ask(request)
    if (!answer || answer.status >= 500) return null
    if (answer.status < 300) {
      acknowledge(account, change)
      return answer.body
    }
    contradict(account, change, answer.status)
    return null
  }

  /** Null where nothing came back. Who was told "not now" is not back in the same instant. */
  async function ask(request: Request): Promise<{ status: number; body: Body } | null> {
    const { node } = await site.node()
    try {
      const answer = await node.send(...request)
      const text = await answer.text()
      if (answer.status === 503) await wait(NOT_NOW_MS)
      return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
    } catch {
      return null
    }
  }

  function acknowledge(account: Account, change: Change): void {
    ledger.acknowledged += 1
    account.acknowledged[change] += 1
    account.pending = null
  }

  function contradict({ email }: Account, change: Change, status: number): void {
    ledger.contradictions.push(`${change} of ${email} was answered with ${status}`)
  }
}

const newAccount = (): Account => ({
  email: freshEmail(),
  id: null,
  password: PASSWORD,
  hasRole: false,
  refreshToken: null,
  token: '',
  ended: [],
  acknowledged: noChanges(),
  pending: null,
  pendingPassword: null,
})

function takeSession(account: Account, body: Body): void {
  Object.assign(account, { id: body.user.id, token: body.token, refreshToken: body.refreshToken })
}
