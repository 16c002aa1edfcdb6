/** What a connection says that its client has closed; the last is Express's own word for it. */
const CODES = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'ECONNRESET', 'ECONNABORTED'])

/** Whether sending ended because nobody reads any more, which is no error. */
export const isClientGone = (error: unknown): boolean => CODES.has((error as { code?: string }).code ?? '')
