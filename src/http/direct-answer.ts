import type { IncomingMessage } from 'node:http'
import type { HeadTemplate } from './head-lines.ts'
import type { RequestContext } from './request-context.ts'

/** An answer without a body that is written before Express. */
export interface DirectAnswer {
  status: 200 | 204
  /** Of its header lines. */
  template: HeadTemplate
}

export type DirectHandler = (req: IncomingMessage, context: RequestContext) => DirectAnswer | Promise<DirectAnswer>
