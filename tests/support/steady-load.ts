import { Agent, request as httpRequest } from 'node:http'
import { text as readAll } from 'node:stream/consumers'
import type { Account } from './accounts.ts'
import { PASSWORD } from './test-server.ts'

export interface LoadResult {
  answered: number
  /** Every request that was not answered as it should be, with what came instead. */
  failed: string[]
}

/** Asks once and says what was wrong. */
type Ask = (agent: Agent) => Promise<void>

interface Question {
  method: string
  path: string
  token?: string
  json?: object
  status: number
}

/**
 * Clients that each ask again as soon as they are answered, for all that a client does: checks, reads, logins and a chain
 * of refreshes. Half of them keep their connections, half open one for each request. They try nothing twice.
 */
export function startSteadyLoad(url: string, account: Account): { stop(): Promise<LoadResult> } {
  const result: LoadResult = { answered: 0, failed: [] }
  const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: false })]
  let isRunning = true
  const clients = agents.flatMap((agent) => kindsOfClient(url, account).map((ask) => keepAsking(ask, agent)))
  return { stop }

  async function stop(): Promise<LoadResult> {
    isRunning = false
    await Promise.all(clients)
    for (const agent of agents) agent.destroy()
    return result
  }

  async function keepAsking(ask: Ask, agent: Agent): Promise<void> {
    while (isRunning) {
      try {
        await ask(agent)
        result.answered += 1
      } catch (error) {
        result.failed.push(String(error))
      }
    }
  }
}

function kindsOfClient(url: string, { email, token }: Account): Ask[] {
  const login = { method: 'POST', path: '/login', json: { email, password: PASSWORD }, status: 200 }
  let refreshToken: string | null = null
  return [
    async (agent) => void (await expectAnswer(url, agent, { method: 'GET', path: '/verify', token, status: 204 })),
    async (agent) => void (await expectAnswer(url, agent, { method: 'GET', path: '/userdetails', token, status: 200 })),
    async (agent) => void (await expectAnswer(url, agent, login)),
    async (agent) => {
      const question = { method: 'POST', path: '/refresh', json: { refreshToken }, status: 200 }
      const answer = await expectAnswer(url, agent, refreshToken === null ? login : question)
      refreshToken = JSON.parse(answer).refreshToken
    },
  ]
}

async function expectAnswer(
  url: string,
  agent: Agent,
  { method, path, token, json, status }: Question,
): Promise<string> {
  const body = json && JSON.stringify(json)
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  }
  const { promise: answered, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const asked = httpRequest(new URL(path, url), { method, headers, agent, timeout: 30_000 }, (response) => {
    readAll(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject)
  })
  asked.on('error', reject).on('timeout', () => asked.destroy(new Error('no answer within 30 s')))
  asked.end(body)
  try {
    const answer = await answered
    if (answer.status !== status) throw new Error(`${answer.status} ${answer.text}`)
    return answer.text
  } catch (error) {
    throw new Error(`${method} ${path}${asked.reusedSocket ? ', on a kept connection' : ''}: ${error}`)
  }
}
