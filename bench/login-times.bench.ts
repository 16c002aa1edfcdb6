import { startGatehouse } from './gatehouse.ts'
import { median } from './median.ts'

const ACCOUNTS = 500
const PASSWORD = 'a wide gate with nine green hinges'

/**
 * How long a refusal takes at 500 addresses that have an account and at 500 that have none, in turns (P8). All are
 * compared with a wrong password. The order of the two changes from pair to pair, and what the machine does besides
 * meets both.
 */
export async function run(): Promise<string> {
  await using gatehouse = await startGatehouse()
  const url = `http://127.0.0.1:${gatehouse.port}`
  for (let account = 0; account < ACCOUNTS; account++) await post(`${url}/register`, knownEmail(account), 201, PASSWORD)
  const known: number[] = []
  const unknown: number[] = []
  const logIn = async (times: number[], email: string) => times.push(await post(`${url}/login`, email, 401, 'wrong'))
  for (let account = 0; account < ACCOUNTS; account++) {
    const pair = [() => logIn(known, knownEmail(account)), () => logIn(unknown, `nobody-${account}@example.com`)]
    for (const ask of account % 2 === 0 ? pair : pair.reverse()) await ask()
  }
  const ratio = median(known) / median(unknown)
  return [
    `median, known     ${median(known).toFixed(2)} ms`,
    `median, unknown   ${median(unknown).toFixed(2)} ms`,
    `ratio             ${ratio.toFixed(4)}`,
  ].join('\n')
}

const knownEmail = (account: number) => `person-${account}@example.com`

/** Milliseconds until the answer is there. */
async function post(url: string, email: string, status: number, password: string): Promise<number> {
  const startedAt = performance.now()
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ email, password }) })
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`${answer.status} ${text}`)
  return performance.now() - startedAt
}
