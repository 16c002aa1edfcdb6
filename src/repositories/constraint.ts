import { ForeignKeyConstraintError, UniqueConstraintError } from 'sequelize'
import { AppError } from '../errors/app-error.ts'
import type { ErrorCode } from '../errors/error-codes.ts'

/** Runs a statement and translates the violation of a named constraint into what it means. */
export async function translating<T>(codes: Record<string, ErrorCode>, statement: Promise<T>): Promise<T> {
  try {
    return await statement
  } catch (error) {
    const code = codes[constraintOf(error) ?? '']
    throw code ? new AppError(code, { cause: error }) : error
  }
}

function constraintOf(error: unknown): string | undefined {
  if (!(error instanceof UniqueConstraintError || error instanceof ForeignKeyConstraintError)) return undefined
  return (error.parent as Error & { constraint?: string }).constraint
}
