import { PASSWORD } from './fill-users.ts'
import { type ApiRequest, ONCE_ONLY, type Site } from './users-site.ts'

/** Requests that are measured as one: a round sends the next of them, and the first again after the last. */
export interface Kind {
  title: string
  requestsTo(site: Site): ApiRequest[]
}

const list = (title: string, query: (site: Site) => string): Kind => ({
  title,
  requestsTo: (site) => [get(query(site))],
})

/** Three letters from the middle of emails and names; how many users have them is said for a million. */
const search = (title: string, terms: readonly string[]): Kind => ({
  title: `GET /users?q=…, ${title}`,
  requestsTo: () => terms.map((term) => get(`q=${encodeURIComponent(term)}`)),
})

export const LISTS: readonly Kind[] = [
  list('GET /users, first page', () => 'limit=20'),
  list('GET /users, half way down', ({ halfWayCursor }) => `limit=20&cursor=${halfWayCursor}`),
  list('GET /users?role=auditor', () => 'role=auditor'),
  list('GET /users?role=editor', () => 'role=editor'),
  list('GET /users?role=user', () => 'role=user'),
  list('GET /users?role=founder, the oldest have it', () => 'role=founder'),
  list('GET /users?status=disabled', () => 'status=disabled'),
  search('nobody has it', ['qzx', 'jqw', 'wqq']),
  search('1 has it', ['xel', 'etv', 'mav', 'olv']),
  search('20 have it', ['zod', 'lbu', 'gph', 'wmu']),
  search('3,000 have it', ['hux', 'xav', 'tyl', 'zel']),
  search('30,000 have it', ['nna', 'ohn', 'wil', 'ric']),
  search('300,000 have it', ['mai', 'ail']),
  search('500,000 have it', ['com']),
  search('the oldest 30,000 have it', ['umb']),
  search('not ASCII', ['жан', 'щук', 'zoë', 'née', '诸葛桂']),
  list('GET /users?q=ann&role=editor', () => 'q=ann&role=editor'),
]

export const WRITES: readonly Kind[] = [
  { title: 'PUT /users/:id/roles/editor', requestsTo: ({ plainUsers }) => plainUsers.map(grant) },
  { title: 'POST /login', requestsTo: ({ plainUsers }) => plainUsers.map(login) },
  { title: 'POST /register', requestsTo: () => Array.from({ length: ONCE_ONLY }, register) },
]

const get = (query: string): ApiRequest => ({ method: 'GET', path: `/users?${query}`, expected: 200 })

const grant = ({ id }: { id: string }): ApiRequest => ({
  method: 'PUT',
  path: `/users/${id}/roles/editor`,
  expected: 204,
})

const login = ({ email }: { email: string }): ApiRequest => ({
  method: 'POST',
  path: '/login',
  body: { email, password: PASSWORD },
  expected: 200,
})

const register = (_: unknown, index: number): ApiRequest => ({
  method: 'POST',
  path: '/register',
  body: { email: `newcomer${index}@example.com`, password: PASSWORD },
  expected: 201,
})
