import type { Command } from 'commander'
import { ADMIN_ROLE } from '../services/builtin-roles.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import type { Operations } from './operations.ts'
import { grantRole } from './role.command.ts'
import { takingUser, type UserReference } from './user-argument.ts'
import { note } from './write-answer.ts'

export function addAdminCommands(program: Command, { withContainer }: Operations): void {
  const admin = program.command('admin').description('who administers')
  takingUser(
    addLeaf(admin, 'grant', {
      description: 'make an existing account an administrator',
      examples: ['gatehouse admin grant ada@example.com'],
      notes: 'It counts at once. To take it back: role revoke <user> admin.',
    }),
  ).action((user: UserReference, options: AnswerOptions) =>
    withContainer(async (container) => {
      const { status, email } = await grantRole(container, { user, role: ADMIN_ROLE }, options)
      if (status === 'disabled') note(`${email} is disabled, and cannot log in before: user enable ${email}`)
    }),
  )
}
