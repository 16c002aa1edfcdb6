import { type AnswerOf, ApiError, type Client, type MethodOf, type Options } from './client.ts'
import type { paths } from './schema.d.ts'

/** Refreshed that long before the token expires. */
const AHEAD_SECONDS = 30
/** Asked again after that time where Gatehouse could not be reached. */
const RETRY_SECONDS = 5

type Message = 'signed-in' | 'signed-out'
type Credentials = { email: string; password: string }

/**
 * Keeps a person signed in. The refresh token is a cookie that no script can read; the access token is in the memory of this
 * tab only, and each tab fetches its own when it is opened. `changed` is called with whether somebody is signed in, at
 * the beginning and whenever that changes, also in another tab.
 */
export function createSession(client: Client, changed: (isSignedIn: boolean) => void) {
  let token: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let refreshing: Promise<void> | null = null
  const otherTabs = new BroadcastChannel('gatehouse-session')
  otherTabs.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data === 'signed-out') end()
    else void resume()
  })
  return { resume, register, login, logout, call }

  /** Signed in if the browser still has a session. */
  async function resume(): Promise<void> {
    await refresh().catch(reportOutage)
    changed(token !== null)
  }

  function login(credentials: Credentials): Promise<void> {
    return begin('/login', credentials)
  }

  function register(credentials: Credentials): Promise<void> {
    return begin('/register', credentials)
  }

  async function begin(path: '/login' | '/register', { email, password }: Credentials): Promise<void> {
    keep(await client.call('post', path, { body: { email, password, cookie: true } }))
    changed(true)
    otherTabs.postMessage('signed-in' satisfies Message)
  }

  /** Ends the session for all tabs. Where Gatehouse cannot be reached it is not over, so this says so and changes nothing. */
  async function logout(): Promise<void> {
    await client.call('post', '/logout', { token })
    end()
    otherTabs.postMessage('signed-out' satisfies Message)
  }

  /** A call with the access token. One that is refused is refreshed once, and the call made again. */
  async function call<P extends keyof paths, M extends MethodOf<P>>(
    method: M,
    path: P,
    options: Options<P, M> = {},
  ): Promise<AnswerOf<P, M>> {
    try {
      return await client.call(method, path, { ...options, token })
    } catch (error) {
      if (!isCode(error, 'invalid_token', 'unauthenticated')) throw error
      await refresh()
      return client.call(method, path, { ...options, token })
    }
  }

  /** One at a time: whoever else needs it in this tab waits for the same one, and other tabs take their turn. */
  function refresh(): Promise<void> {
    refreshing ??= navigator.locks.request('gatehouse-refresh', refreshNow).finally(() => {
      refreshing = null
    })
    return refreshing
  }

  async function refreshNow(): Promise<void> {
    try {
      keep(await client.call('post', '/refresh', { body: {} }))
    } catch (error) {
      if (!isCode(error, 'invalid_refresh_token')) throw error
      end()
    }
  }

  function keep(tokens: { token: string; expiresIn: number }): void {
    token = tokens.token
    refreshIn(Math.max(tokens.expiresIn - AHEAD_SECONDS, 1))
  }

  /** Nothing is lost while Gatehouse is away: the cookie is still there. */
  function reportOutage(): void {
    refreshIn(RETRY_SECONDS)
  }

  function refreshIn(seconds: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void resume(), seconds * 1000)
  }

  function end(): void {
    token = null
    clearTimeout(timer)
    changed(false)
  }
}

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof ApiError && codes.includes(error.problem.code)
