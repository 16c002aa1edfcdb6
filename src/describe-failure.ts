import { CommanderError } from 'commander'
import { ConfigError } from '../config/env.ts'
import { CommandFailed } from './commands/command-failed.ts'
import { AppError } from './errors/app-error.ts'
import { explain } from './explain.ts'

/** How a command ended that did not do its work. */
export interface Failure {
  /** For scripts: of the API where it has one for it. */
  code: string
  /** For a person. */
  message: string
  exitCode: number
}

const INTERRUPTED = 130

export function describeFailure(error: unknown): Failure {
  // What went wrong on the way out is of less use than why it was taken.
  if (error instanceof SuppressedError) return describeFailure(error.suppressed)
  if (error instanceof CommanderError) {
    // Help that was asked for comes as an error too.
    return { code: 'usage', message: error.message.replace(/^error: /, ''), exitCode: error.exitCode === 0 ? 0 : 2 }
  }
  if (error instanceof ConfigError) return { code: 'configuration', message: error.message, exitCode: 2 }
  if (error instanceof AppError) return { code: error.code, message: messageOf(error), exitCode: 1 }
  if (!(error instanceof CommandFailed)) return { code: 'failed', message: explain(error), exitCode: 1 }
  const { code, message } = error
  return { code, message, exitCode: code === 'interrupted' ? INTERRUPTED : 1 }
}

/** What is wrong where, if the error says it. */
function messageOf({ errors, message }: AppError): string {
  if (errors.length === 0) return message
  return errors.map(({ pointer, message }) => `${pointer.slice(1)} ${message}`.trim()).join('\n')
}
