import type { Server } from './server.ts'

/** How many a login is drawn from: enough that none waits for another of the same account. */
const ACCOUNTS = 64

const accountsOf = new WeakMap<Server, Promise<string[]>>()

/** The addresses of accounts that are there. The first call makes them. */
export function accounts(server: Server): Promise<string[]> {
  const made = accountsOf.get(server) ?? registerAll(server)
  accountsOf.set(server, made)
  return made
}

/** What the first of the accounts sends along, signed in anew: sessions end while others are measured. */
export async function signIn(server: Server): Promise<Record<string, string>> {
  const [email = ''] = await accounts(server)
  return server.api.signedIn(await login(server, email))
}

/** The answer to a login. */
export function login(server: Server, email: string): Promise<Response> {
  return post(server, server.api.loginPath, email, 200)
}

async function registerAll(server: Server): Promise<string[]> {
  const emails = Array.from({ length: ACCOUNTS }, (_, index) => `account-${index}@example.com`)
  for (const email of emails) {
    const answer = await post(server, server.api.registerPath, email, server.api.registered)
    await answer.arrayBuffer()
  }
  return emails
}

async function post({ port, api }: Server, path: string, email: string, expected: number): Promise<Response> {
  const url = `http://127.0.0.1:${port}`
  // Better Auth wants an origin of whoever is a fetch.
  const headers = { 'content-type': 'application/json', origin: url }
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(api.bodyOf(email)) })
  if (answer.status !== expected) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer
}
