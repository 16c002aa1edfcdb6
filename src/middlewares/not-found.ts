import type { RequestHandler } from 'express'
import { AppError } from '../errors/app-error.ts'

export function notFound(): RequestHandler {
  return () => {
    throw new AppError('not_found')
  }
}
