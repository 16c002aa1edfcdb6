import { AppError } from '../errors/app-error.ts'

/** What a command refuses or cannot do by itself; `code` is for scripts, as those of an `AppError` are. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Somebody pressed Ctrl-C, or sent a signal. */
export const interrupted = (): CommandFailed => new CommandFailed('interrupted', 'Interrupted.')

/** Says what it is that a service has not found. */
export async function namingMissing<T>(message: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const isUnnamed = error instanceof AppError && error.code === 'not_found' && error.errors.length === 0
    throw isUnnamed ? new CommandFailed('not_found', message, { cause: error }) : error
  }
}
