import { type LoggedPlan, logPlans, plansOf } from './plan-log.ts'
import { type Kind, LISTS, WRITES } from './users-requests.ts'
import type { ApiRequest, Site } from './users-site.ts'

/** What the server does beside the requests, and what they write elsewhere, is not of interest here. */
const IS_ABOUT_USERS = /\b(users|user_roles)\b/

/** What grows with the number of users. */
const READS_EVERYBODY = /Seq Scan on users\b/
const COUNTS_OFF = /\bOFFSET\b/i

const HEAD = `# How a million users are found

What the server asks its database, and how the database does it: written by \`npm run bench -- users\` from the
database's own log (\`auto_explain\`). Of each kind of request the last is shown; all were checked. What is expected and
not actual is an EXPLAIN of the server's own, for an estimate.
`

/** The statements of each kind of request with their plans. Throws where one reads all users, or counts off a part. */
export async function explainRequests(site: Site): Promise<string> {
  await logPlans(await site.gatehouse.databaseUrl())
  const sections: string[] = []
  for (const kind of LISTS) sections.push(section(kind, await explainEach(site, kind.requestsTo(site))))
  // The requests before the last were sent by the measurement, and can change nothing any more.
  for (const kind of WRITES) sections.push(section(kind, await explainEach(site, kind.requestsTo(site).slice(-1))))
  return [HEAD, ...sections].join('\n')
}

interface Explained {
  request: ApiRequest
  plans: LoggedPlan[]
}

/** Gives the last. */
async function explainEach(site: Site, requests: readonly ApiRequest[]): Promise<Explained> {
  let last: Explained | undefined
  for (const request of requests) {
    const logged = await plansOf(site.gatehouse, () => site.ask(request))
    const plans = logged.filter(({ statement }) => IS_ABOUT_USERS.test(statement))
    requireFast(request, plans)
    last = { request, plans }
  }
  if (!last) throw new Error('A kind of request without a request.')
  return last
}

function requireFast({ method, path }: ApiRequest, plans: readonly LoggedPlan[]): void {
  // A plan that the server asks for to have the planner's estimate is never carried out.
  const carriedOut = plans.filter(({ statement }) => !statement.startsWith('EXPLAIN'))
  const isFast = carriedOut.every(({ statement, plan }) => !READS_EVERYBODY.test(plan) && !COUNTS_OFF.test(statement))
  if (isFast && carriedOut.length > 0) return
  throw new Error([`${method} ${path} grows with the number of users:`, ...plans.map(block)].join('\n\n'))
}

function section({ title }: Kind, { request, plans }: Explained): string {
  return [`## ${title}`, `\`${request.method} ${request.path}\``, ...plans.map(block), ''].join('\n\n')
}

function block({ statement, parameters, plan }: LoggedPlan): string {
  return [
    '```sql',
    statement,
    ...(parameters === null ? [] : [`-- ${parameters}`]),
    '```',
    '',
    '```',
    plan,
    '```',
  ].join('\n')
}
