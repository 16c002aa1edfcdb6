import type { IncomingMessage } from 'node:http'
import type { PreparedHead } from './prepared-head.ts'
import type { RequestContext } from './request-context.ts'

/** An answer without a body that is written before Express. */
export interface DirectAnswer {
  status: 200 | 204
  head: PreparedHead
}

export type DirectHandler = (req: IncomingMessage, context: RequestContext) => DirectAnswer
