import { password } from '../schemas/fields.ts'
import { ask } from './ask.ts'
import { CommandFailed } from './command-failed.ts'

/** Past the longest password, in bytes: whatever comes in there is no line. */
const LINE_BYTES = 100_000

/**
 * A new password, typed twice at a terminal, or the first line of standard input. Never an argument: everybody on the machine
 * can read those. How strong it is, the service asks.
 */
export async function readNewPassword(email: string): Promise<string> {
  const given = process.stdin.isTTY ? await typedTwice(email) : await firstLineOf(process.stdin)
  const read = password.safeParse(given)
  if (!read.success) throw new CommandFailed('invalid_request', `password ${read.error.issues[0]?.message}`)
  return read.data
}

async function typedTwice(email: string): Promise<string> {
  const [first = '', second] = await ask([`New password for ${email}: `, 'The same again: '], { hidden: true })
  if (first !== second) throw new CommandFailed('invalid_request', 'The two passwords are not the same.')
  return first
}

async function firstLineOf(input: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of input) {
    chunks.push(chunk)
    bytes += chunk.length
    if (chunk.includes('\n') || bytes > LINE_BYTES) break
  }
  const line = firstLineIn(Buffer.concat(chunks))
  if (line !== '') return line
  throw new CommandFailed('invalid_request', 'There is no password: it is the first line of standard input.')
}

function firstLineIn(bytes: Buffer): string {
  const end = bytes.indexOf('\n')
  try {
    return new TextDecoder('utf-8', { fatal: true })
      .decode(bytes.subarray(0, end === -1 ? undefined : end))
      .replace(/\r$/, '')
  } catch {
    throw new CommandFailed('invalid_request', 'password must be well-formed UTF-8')
  }
}
