import type { Command } from 'commander'
import type { Container } from '../container.ts'
import type { User } from '../repositories/user.repository.ts'
import { email, personName } from '../schemas/fields.ts'
import { roleParams } from '../schemas/role.schema.ts'
import { SERVER } from '../services/origin.ts'
import { type ConfirmOptions, confirm, YES_OPTION } from './confirm.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import { readNewPassword } from './new-password.ts'
import type { Operations } from './operations.ts'
import { collectAs, readAs } from './read-argument.ts'
import { writeUser, writeUserChange } from './user-answer.ts'
import { findUser, takingUser, type UserReference } from './user-argument.ts'
import { addUserList } from './user-list.command.ts'
import { counted } from './words.ts'

export function addUserCommands(program: Command, operations: Operations): void {
  const user = program.command('user').description('accounts')
  addCreate(user, operations)
  addUserList(user, operations)
  addShow(user, operations)
  addStatus(user, operations, {
    name: 'disable',
    status: 'disabled',
    description: 'keep a user out: every session ends and every token is refused, at once and on every node',
    done: 'is disabled, and every session is over.',
  })
  addStatus(user, operations, {
    name: 'enable',
    status: 'active',
    description: 'let a disabled user log in again',
    done: 'is active, and can log in.',
  })
  addDelete(user, operations)
  addSetPassword(user, operations)
}

const PASSWORD_NOTES =
  'The password is asked for on a terminal, twice; elsewhere it is the first line of standard input.'

interface CreateOptions extends AnswerOptions {
  name?: string
  role?: string[]
}

function addCreate(user: Command, { withContainer }: Operations): void {
  addLeaf(user, 'create', {
    description: 'make an account',
    examples: [
      'gatehouse user create ada@example.com --name "Ada Lovelace" --role editor',
      'pass show ada | gatehouse user create ada@example.com --json',
    ],
    notes: `${PASSWORD_NOTES}\nEvery account has the role user.`,
  })
    .argument('<email>', 'the address to log in with', readAs(email))
    .option('--name <name>', 'the name of the person', readAs(personName))
    .option('--role <role>', 'a role; can be given several times', collectAs(roleParams.shape.name))
    .action((email: string, { name, role: roles = [], ...options }: CreateOptions) =>
      withContainer(async ({ userCredentials }) => {
        const password = await readNewPassword(email)
        writeUser(options, await userCredentials.create({ email, name: name ?? null, password, roles }, SERVER))
      }),
    )
}

function addShow(user: Command, { withContainer }: Operations): void {
  takingUser(
    addLeaf(user, 'show', { description: 'show an account', examples: ['gatehouse user show ada@example.com'] }),
  ).action((reference: UserReference, options: AnswerOptions) =>
    withContainer(async (container) => writeUser(options, await findUser(container, reference))),
  )
}

interface StatusCommand {
  name: string
  status: User['status']
  description: string
  done: string
}

function addStatus(
  user: Command,
  { withContainer }: Operations,
  { name, status, description, done }: StatusCommand,
): void {
  takingUser(addLeaf(user, name, { description, examples: [`gatehouse user ${name} ada@example.com`] })).action(
    (reference: UserReference, options: AnswerOptions) =>
      withContainer(async (container) => {
        const { id } = await findUser(container, reference)
        const changed = await container.users.change(id, { status }, SERVER)
        writeUserChange(options, changed, `${changed.email} ${done}`)
      }),
  )
}

function addDelete(user: Command, { withContainer }: Operations): void {
  takingUser(
    addLeaf(user, 'delete', {
      description: 'delete an account, with its sessions and roles; asks first',
      examples: ['gatehouse user delete ada@example.com', 'gatehouse user delete ada@example.com --yes --json'],
      notes: 'It cannot be undone. The result is the account as it was. Its events stay in the audit trail.',
    }),
  )
    .option(...YES_OPTION)
    .action((reference: UserReference, options: AnswerOptions & ConfirmOptions) =>
      withContainer((container) => deleteUser(container, reference, options)),
    )
}

async function deleteUser(
  container: Container,
  reference: UserReference,
  options: AnswerOptions & ConfirmOptions,
): Promise<void> {
  const user = await findUser(container, reference)
  await confirm(`Delete ${user.email}, which cannot be undone?`, options)
  await container.users.remove(user.id, SERVER)
  writeUserChange(options, user, `${user.email} is deleted.`)
}

function addSetPassword(user: Command, { withContainer }: Operations): void {
  takingUser(
    addLeaf(user, 'set-password', {
      description: 'give a user another password; every session of theirs ends',
      examples: [
        'gatehouse user set-password ada@example.com',
        'openssl rand -base64 18 | tee new-password | gatehouse user set-password ada@example.com',
      ],
      notes: PASSWORD_NOTES,
    }),
  ).action((reference: UserReference, options: AnswerOptions) =>
    withContainer(async (container) => {
      const { id, email } = await findUser(container, reference)
      const sessionsEnded = await container.userCredentials.setPassword(id, await readNewPassword(email), SERVER)
      const sentence = `${email} has the new password; ${counted(sessionsEnded, 'session')} ended.`
      writeUserChange(options, await container.users.find(id), sentence, { sessionsEnded })
    }),
  )
}
