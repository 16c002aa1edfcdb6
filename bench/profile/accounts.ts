import { PASSWORD } from '../fill-users.ts'

export interface Account {
  email: string
  token: string
  refreshToken: string
}

/** At least one. */
export type Accounts = readonly [Account, ...Account[]]

/** More than connections, so that of what can be used once one always waits for its turn. */
const ACCOUNTS = 40

export const bodyOf = (email: string): string => JSON.stringify({ email, password: PASSWORD })

export const login = (port: number, email: string): Promise<Account> => signIn(port, '/login', email)

export async function registerAccounts(port: number): Promise<Accounts> {
  const register = (index: number) => signIn(port, '/register', `account-${index}@example.com`)
  const first = await register(0)
  return [first, ...(await Promise.all(Array.from({ length: ACCOUNTS - 1 }, (_, index) => register(index + 1))))]
}

async function signIn(port: number, path: '/login' | '/register', email: string): Promise<Account> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body: bodyOf(email) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  const { token, refreshToken } = (await answer.json()) as Account
  return { email, token, refreshToken }
}
