import type { components, paths } from './schema.d.ts'

export type Problem = components['schemas']['Problem']

type Path = keyof paths
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined

/** The methods that a path answers. */
export type MethodOf<P extends Path> = { [M in Method]: undefined extends paths[P][M] ? never : M }[Method]

/** What is sent and what comes back, by the contract of the operation. */
export type AnswerOf<P extends Path, M extends MethodOf<P>> = paths[P][M] extends { responses: infer Answers }
  ? Json<Answers[keyof Answers & (200 | 201 | 204)]>
  : never
export interface Options<P extends Path, M extends MethodOf<P>> {
  body?: paths[P][M] extends { requestBody?: infer Body } ? Json<NonNullable<Body>> : never
  query?: paths[P][M] extends { parameters: { query?: infer Query } } ? Query : never
  token?: string | null
}

/** What Gatehouse answered instead (RFC 9457). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

export type Client = ReturnType<typeof createClient>

/** Calls that are typed by `/openapi.json`. They carry the cookies of Gatehouse, from whatever origin of the same site. */
export function createClient(url: string) {
  return { call }

  /** Rejects with `ApiError` where the answer is an error, and with a `TypeError` where there is none. */
  async function call<P extends Path, M extends MethodOf<P>>(
    method: M,
    path: P,
    { body, query, token }: Options<P, M> = {},
  ): Promise<AnswerOf<P, M>> {
    const target = new URL(path, url)
    target.search = new URLSearchParams(query as Record<string, string> | undefined).toString()
    const answer = await fetch(target, {
      method: method.toUpperCase(),
      credentials: 'include',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new ApiError((await answer.json()) as Problem)
    return (answer.status === 204 ? undefined : await answer.json()) as AnswerOf<P, M>
  }
}
