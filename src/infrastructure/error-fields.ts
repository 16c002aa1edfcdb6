/** An error as the log shows it. */
export interface ErrorFields extends Partial<Record<ShownName, string>> {
  type: string
  message?: string
  stack?: string
  cause?: ErrorFields
}

/** `code` is an SQLSTATE or a code of Node; the others are names of ours, or of the machine that does not answer. */
const SHOWN = ['code', 'constraint', 'table', 'column', 'syscall', 'address', 'port'] as const
type ShownName = (typeof SHOWN)[number]

interface ErrorLike extends Error, Partial<Record<ShownName, unknown>> {
  errno?: unknown
  /** What PostgreSQL said, where Sequelize throws. */
  parent?: unknown
}

const NAME = /^[\w.:-]{1,100}$/
const MESSAGE_CHARACTERS = 1000
const CAUSES = 5

/**
 * Picks of an error what tells an operator where to look, and nothing that somebody sent or that is stored about them:
 * libraries put statements, parameters and rows on their errors (ASVS 16.2.5). What is not named here stays out, so a
 * library that is added later adds nothing by itself.
 */
export function errorFields(error: unknown, causes = CAUSES): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error }
  const { stack = '', cause = (error as ErrorLike).parent } = error
  const message = messageOf(error)
  const frames = framesIn(stack, error.message)
  return {
    type: error.constructor.name,
    ...(message !== null && { message: withoutControls(speaksOfData(error) ? masked(message) : message) }),
    ...namesOf(error),
    ...(frames !== '' && { stack: frames }),
    ...(cause !== undefined && causes > 0 && { cause: errorFields(cause, causes - 1) }),
  }
}

/** Classes of SQLSTATE whose messages name the server and its tables only. Others quote values, 22 and 23 above all. */
const SPEAKS_OF_TABLES = /^(08|25|28|3D|40|42|53|54|55|57|58|XX)/
/** It quotes the place, which may be a value in the statement. */
const SYNTAX_ERROR = '42601'

/** What an error says; null where it quotes what was sent or stored. */
export function messageOf(error: Error): string | null {
  // JSON.parse shows what it could not read.
  if (error instanceof SyntaxError) return null
  const state = sqlStateOf(error)
  return state === null || (SPEAKS_OF_TABLES.test(state) && state !== SYNTAX_ERROR) ? error.message : null
}

function sqlStateOf({ code, parent }: ErrorLike): string | null {
  // Codes of Node begin with E.
  if (typeof code === 'string' && /^[0-9FHPX][0-9A-Z]{4}$/.test(code)) return code
  return parent instanceof Error ? sqlStateOf(parent) : null
}

/** Neither PostgreSQL nor the operating system does, in the messages that are left. */
function speaksOfData(error: ErrorLike): boolean {
  return sqlStateOf(error) === null && !(typeof error.errno === 'number' && typeof error.syscall === 'string')
}

/** Without what stands in quotes, to the end where they are not closed. */
const masked = (message: string): string => message.replaceAll(/(["'`])(?:\\.|(?!\1)[^\\])*(?:\1|$)/gs, '$1…$1')

/** On one line, and with nothing that a terminal takes for a command. */
const withoutControls = (message: string): string =>
  message.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, MESSAGE_CHARACTERS)

/** A stack begins with the message, which can have lines that look like frames. */
function framesIn(stack: string, message: string): string {
  const start = stack.indexOf(message)
  const frames = start === -1 ? stack : stack.slice(start + message.length)
  return frames
    .split('\n')
    .filter((line) => /^ +at \P{C}+$/u.test(line))
    .join('\n')
}

function namesOf(error: ErrorLike): Partial<Record<ShownName, string>> {
  const pairs = SHOWN.map((name) => [name, String(error[name] ?? '')] as const)
  return Object.fromEntries(pairs.filter(([, text]) => NAME.test(text)))
}
