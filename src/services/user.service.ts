import { AppError } from '../errors/app-error.ts'
import type { User, UserRepository } from '../repositories/user.repository.ts'

export type UserService = ReturnType<typeof createUserService>

export function createUserService(users: UserRepository) {
  return { details }

  /** The caller's own account. Whoever holds a token of an account that is gone is nobody: `invalid_token`. */
  async function details(id: string): Promise<User> {
    const user = await users.findById(id)
    if (!user) throw new AppError('invalid_token')
    return user
  }
}
