import type { IncomingMessage } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { z } from 'zod'
import { checkShape } from '../http/check-shape.ts'
import type { DirectAnswer } from '../http/direct-answer.ts'
import { createHeadTemplate, type HeadTemplate } from '../http/head-lines.ts'
import { readQuery } from '../http/read-query.ts'
import type { RequestContext } from '../http/request-context.ts'
import { presentCaller, ROLE, verifyQuery } from '../schemas/verify.schema.ts'
import type { AccessService } from '../services/access.service.ts'
import type { AccessClaims } from '../services/access-token.service.ts'

export type VerifyController = ReturnType<typeof createVerifyController>

type Question = z.output<typeof verifyQuery>

/** A gateway's configuration has a handful of different queries. */
const CACHED_QUERIES = 100

/** Answers gateways. */
export function createVerifyController(access: AccessService) {
  const questions = new LRUCache<string, Question>({ max: CACHED_QUERIES })
  // The claims of a token that comes again are the same object, as long as nothing about them changed.
  const templates = new WeakMap<AccessClaims, HeadTemplate>()

  /** At once, where the token came before. Throws what access throws, and `invalid_request`. */
  return function verify({ url = '' }: IncomingMessage, context: RequestContext): DirectAnswer | Promise<DirectAnswer> {
    const caller = access.authenticate(context.headers.authorization)
    return caller instanceof Promise
      ? caller.then((known) => answerTo(known, url, context))
      : answerTo(caller, url, context)
  }

  function answerTo(caller: AccessClaims, url: string, context: RequestContext): DirectAnswer {
    context.caller = caller
    const { role, status } = questionIn(url)
    access.authorize(caller, role)
    return { status: status === '200' ? 200 : 204, template: templateOf(caller) }
  }

  function questionIn(url: string): Question {
    const start = url.indexOf('?')
    const query = start === -1 ? '' : url.slice(start)
    const known = questions.get(query)
    if (known) return known
    const question = checkShape(verifyQuery, readQuery(query, ROLE))
    questions.set(query, question)
    return question
  }

  function templateOf(caller: AccessClaims): HeadTemplate {
    const known = templates.get(caller)
    if (known) return known
    const template = createHeadTemplate(presentCaller(caller))
    templates.set(caller, template)
    return template
  }
}
