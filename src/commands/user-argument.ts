import { type Command, InvalidArgumentError } from 'commander'
import type { Container } from '../container.ts'
import type { User } from '../repositories/user.repository.ts'
import { email, uuid } from '../schemas/fields.ts'
import { namingMissing } from './command-failed.ts'

/** How a command names a user. */
export type UserReference = { email: string; id?: never } | { id: string; email?: never }

/** The argument of a command that is about one user. */
export function takingUser(command: Command): Command {
  return command.argument('<user>', 'the email or the id of the user', readUser)
}

/** Whatever is a UUID is no email. */
export function readUser(text: string): UserReference {
  if (uuid.safeParse(text).success) return { id: text.toLowerCase() }
  const read = email.safeParse(text)
  if (!read.success) throw new InvalidArgumentError('It is the email or the id of a user.')
  return { email: read.data }
}

/** The user who is named. Throws `not_found` with that name. */
export function findUser({ users }: Pick<Container, 'users'>, reference: UserReference): Promise<User> {
  const { email, id } = reference
  return email === undefined
    ? namingMissing(`There is no user with the id ${id}.`, users.find(id))
    : namingMissing(`There is no user with the email ${email}.`, users.findByEmail(email))
}
