import type { Answer } from './check-answer.ts'

export interface SendOptions {
  token?: string | undefined
  json?: unknown
  headers?: Record<string, string>
  body?: string | Buffer
}

/** One request to a server at `url`, and its whole answer. */
export async function exchange(
  url: string,
  method: string,
  path: string,
  { token, json, headers = {}, body }: SendOptions = {},
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '') && text !== ''
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined }
}
