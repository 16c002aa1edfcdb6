import { AppError } from '../errors/app-error.ts'
import type { ErrorCode } from '../errors/error-codes.ts'
import type { Undecided } from './metrics.ts'

/** An attempt that is decided against whoever made it: they are told the code, operators the result. */
export class Refusal<Result extends string> extends AppError {
  readonly result: Result

  constructor(code: ErrorCode, result: Result) {
    super(code)
    this.result = result
  }
}

/** What an error that is not a `Refusal` counts as, by its code. */
export type ResultByCode<Result extends string> = Partial<Record<ErrorCode, Result>>

/** Counts how an attempt ends: with the result that it gives beside its value, or by what it throws. */
export async function counted<T, Result extends string>(
  count: (result: Result | Undecided) => void,
  resultByCode: ResultByCode<Result>,
  attempt: () => Promise<[value: T, result: Result]>,
): Promise<T> {
  try {
    const [value, result] = await attempt()
    count(result)
    return value
  } catch (error) {
    count(resultOf(error, resultByCode))
    throw error
  }
}

function resultOf<Result extends string>(error: unknown, resultByCode: ResultByCode<Result>): Result | Undecided {
  if (error instanceof Refusal) return error.result
  if (!(error instanceof AppError)) return 'failed'
  return resultByCode[error.code] ?? UNDECIDED_BY_CODE[error.code] ?? 'failed'
}

const UNDECIDED_BY_CODE: ResultByCode<Undecided> = { rate_limited: 'limited', overloaded: 'overloaded' }
