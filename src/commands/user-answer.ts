import type { User } from '../repositories/user.repository.ts'
import { presentUser } from '../schemas/user.schema.ts'
import type { AnswerOptions } from './leaf.ts'
import type { Column } from './table.ts'
import { fieldLines, writeAnswer } from './write-answer.ts'

type ShownUser = ReturnType<typeof presentUser>

export const USER_COLUMNS: readonly Column<ShownUser>[] = [
  ['ID', ({ id }) => id],
  ['STATUS', ({ status }) => status],
  ['CREATED', ({ createdAt }) => createdAt],
  ['EMAIL', ({ email }) => email],
  ['ROLES', ({ roles }) => roles.join(',')],
  ['NAME', ({ name }) => name],
]

/** The user as the API shows them, or a sentence about what was done. */
export function writeUserChange(options: AnswerOptions, user: User, sentence: string, more: object = {}): void {
  writeAnswer(options, { ...presentUser(user), ...more }, [sentence])
}

export function writeUser(options: AnswerOptions, user: User): void {
  const { roles, emailVerified, createdAt, updatedAt, ...shown } = presentUser(user)
  const more = {
    roles: roles.join(', '),
    verified: emailVerified ? 'yes' : 'no',
    created: createdAt,
    updated: updatedAt,
  }
  writeAnswer(options, presentUser(user), fieldLines({ ...shown, ...more }))
}
