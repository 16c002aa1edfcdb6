import type { RouteContract } from '../../src/http/route.ts'
import type { SendOptions } from './exchange.ts'
import { type MarkedAccount, markedEmail } from './marked-account.ts'
import type { Marks } from './marks.ts'

export interface MarkedRequest {
  method: string
  path: string
  options: SendOptions
}

const JSON_TYPE = { 'content-type': 'application/json' }
const SEARCHES = ['q', 'genre']

/** What its contract allows, with a secret wherever the contract takes a text. */
export function goodRequest(
  contract: RouteContract,
  account: MarkedAccount,
  token: string,
  marks: Marks,
): MarkedRequest {
  const path = contract.path.replaceAll(
    /[:*](\w+)/g,
    (_, name: string) => placeOf(name, contract.path, account) ?? marks.make('a parameter'),
  )
  const searches = Object.keys(contract.query?.shape ?? {}).filter((name) => SEARCHES.includes(name))
  const query = searches.map((name) => `${name}=${marks.make('a search')}`).join('&')
  const names = Object.keys(contract.body?.shape ?? {})
  const json = Object.fromEntries(names.map((name) => [name, fieldOf(name, contract.path, account, marks)]))
  const options = { token, headers: markedHeaders(marks), ...(contract.body && { json }) }
  return { method: methodOf(contract), path: query === '' ? path : `${path}?${query}`, options }
}

/** What its contract refuses, with a secret wherever a client can put one. */
export function badRequests(
  contract: RouteContract,
  account: MarkedAccount,
  token: string,
  marks: Marks,
): MarkedRequest[] {
  const { method, path, options: good } = goodRequest(contract, account, token, marks)
  const secret = () => marks.make('what was refused')
  const elsewhere = contract.path.replaceAll(/[:*]\w+/g, () => `%22%0a${secret()}`)
  const basic = `Basic ${Buffer.from(`${secret()}:${secret()}`).toString('base64')}`
  const unknown = JSON.stringify({ ...Object(good.json), [secret()]: secret() })
  const bad: [path: string, options: SendOptions][] = [
    [path, { ...good, token: undefined }],
    [path, { ...good, token: secret() }],
    [path, { ...good, token: undefined, headers: { authorization: basic } }],
    [`${path}?access_token=${token}&${secret()}=${secret()}`, good],
    [`${path}?q=%22%e2%80%a8${secret()}%`, good],
    [`${path}/${secret()}`, good],
    [elsewhere, good],
    [
      path,
      { ...good, headers: { cookie: `__Host-refresh=j:{"a":"${secret()}"}`, origin: `https://${secret()}.example` } },
    ],
    ...(contract.body ? [unknown, unknown.slice(0, -1), `${unknown}${secret()}`] : []).flatMap((body) =>
      [JSON_TYPE, { 'content-type': `text/${secret()}` }].map((headers): [string, SendOptions] => [
        path,
        { token, body, headers },
      ]),
    ),
  ]
  return bad.map(([badPath, options]) => ({
    method,
    path: badPath,
    options: { ...options, headers: { ...markedHeaders(marks), ...options.headers } },
  }))
}

const methodOf = ({ method }: RouteContract): string => (method === 'any' ? 'GET' : method.toUpperCase())

function placeOf(name: string, path: string, { places, role }: MarkedAccount): string | undefined {
  if (name === 'role' || path.startsWith('/roles/')) return role
  return Object.entries(places).find(([beginning]) => path.startsWith(`${beginning}/`))?.[1]
}

function fieldOf(name: string, path: string, account: MarkedAccount, marks: Marks): unknown {
  const known: Record<string, unknown> = {
    email: path === '/login' ? account.email : markedEmail(marks),
    password: account.password,
    currentPassword: account.password,
    refreshToken: account.refreshToken,
    status: 'disabled',
    cookie: true,
  }
  return known[name] ?? marks.make(`the field ${name}`)
}

function markedHeaders(marks: Marks): Record<string, string> {
  const names = ['user-agent', 'referer', 'x-forwarded-for', 'forwarded', 'x-api-key', 'accept-language']
  const headers = names.map((name) => [name, `${marks.make(`the header ${name}`)} "\u009b31m`])
  // An id of a narrow pattern is kept on purpose; this one is none.
  return {
    ...Object.fromEntries(headers),
    'x-request-id': `${marks.make('the request id')} "`,
    cookie: `a=${marks.make('a cookie')}`,
  }
}
