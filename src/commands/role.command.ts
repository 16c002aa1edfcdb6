import type { Command } from 'commander'
import type { Container } from '../container.ts'
import type { User } from '../repositories/user.repository.ts'
import { newRole, presentRole, roleParams } from '../schemas/role.schema.ts'
import { SERVER } from '../services/origin.ts'
import { CommandFailed, namingMissing } from './command-failed.ts'
import { type ConfirmOptions, confirm, YES_OPTION } from './confirm.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import type { Operations } from './operations.ts'
import { readAs } from './read-argument.ts'
import type { Column } from './table.ts'
import { writeUserChange } from './user-answer.ts'
import { findUser, takingUser, type UserReference } from './user-argument.ts'
import { counted } from './words.ts'
import { fieldLines, onePage, writeAnswer, writeList } from './write-answer.ts'

const COLUMNS: readonly Column<ReturnType<typeof presentRole>>[] = [
  ['NAME', ({ name }) => name],
  ['BUILT-IN', ({ builtin }) => (builtin ? 'yes' : 'no')],
  ['CREATED', ({ createdAt }) => createdAt],
  ['DESCRIPTION', ({ description }) => description],
]

const readRole = readAs(roleParams.shape.name)
const noSuchRole = (role: string): string => `There is no role ${role}.`

export function addRoleCommands(program: Command, operations: Operations): void {
  const role = program.command('role').description('what users may have')
  addList(role, operations)
  addCreate(role, operations)
  addDelete(role, operations)
  addGrant(role, operations)
  addRevoke(role, operations)
}

function addList(role: Command, { withContainer }: Operations): void {
  addLeaf(role, 'list', {
    description: 'list all roles, by name',
    examples: ['gatehouse role list', 'gatehouse role list --json'],
  }).action((options: AnswerOptions) =>
    withContainer(async ({ roles }) => writeList(options, onePage((await roles.list()).map(presentRole)), COLUMNS)),
  )
}

function addCreate(role: Command, { withContainer }: Operations): void {
  addLeaf(role, 'create', {
    description: 'make a role',
    examples: ['gatehouse role create editor --description "May change what others wrote"'],
  })
    .argument('<role>', 'its name, which never changes', readAs(newRole.shape.name))
    .option('--description <text>', 'what it is for', readAs(newRole.shape.description.unwrap()))
    .action((name: string, { description = null, ...options }: AnswerOptions & { description?: string | null }) =>
      withContainer(async ({ roles }) => {
        const made = presentRole(await roles.create({ name, description }, SERVER))
        writeAnswer(options, made, fieldLines({ name, description, created: made.createdAt }))
      }),
    )
}

function addDelete(role: Command, { withContainer }: Operations): void {
  addLeaf(role, 'delete', {
    description: 'delete a role; whoever has it loses it at once; asks first',
    examples: ['gatehouse role delete editor', 'gatehouse role delete editor --yes'],
    notes: 'It cannot be undone.',
  })
    .argument('<role>', 'its name', readRole)
    .option(...YES_OPTION)
    .action((role: string, options: AnswerOptions & ConfirmOptions) =>
      withContainer((container) => deleteRole(container, role, options)),
    )
}

async function deleteRole(
  { users, roles }: Container,
  role: string,
  options: AnswerOptions & ConfirmOptions,
): Promise<void> {
  const known = (await roles.list()).find(({ name }) => name === role)
  if (!known) throw new CommandFailed('not_found', noSuchRole(role))
  const { total, isEstimate } = await users.list({ role }, 1, null)
  const holders = `${isEstimate ? 'about ' : ''}${counted(total, 'user')}`
  // One that cannot be deleted needs no question: the service says why.
  if (!known.builtin)
    await confirm(`Delete the role ${role} and take it from ${holders}, which cannot be undone?`, options)
  const taken = await namingMissing(noSuchRole(role), roles.remove(role, SERVER))
  writeAnswer(options, { name: role, holders: taken }, [
    `The role ${role} is deleted; ${counted(taken, 'user')} had it.`,
  ])
}

interface Granting {
  user: UserReference
  role: string
}

function addGrant(role: Command, { withContainer }: Operations): void {
  takingUser(
    addLeaf(role, 'grant', {
      description: 'give a user a role',
      examples: ['gatehouse role grant ada@example.com editor'],
      notes: 'It counts at once, also for tokens that are in use.',
    }),
  )
    .argument('<role>', 'the name of the role', readRole)
    .action((user: UserReference, role: string, options: AnswerOptions) =>
      withContainer(async (container) => void (await grantRole(container, { user, role }, options))),
    )
}

/** Gives a role and shows the user, who is given back as they are now. */
export async function grantRole(
  container: Container,
  { user: reference, role }: Granting,
  options: AnswerOptions,
): Promise<User> {
  const { id, email } = await findUser(container, reference)
  await namingMissing(noSuchRole(role), container.roles.grant(id, role, SERVER))
  const user = await container.users.find(id)
  writeUserChange(options, user, `${email} has the role ${role}.`)
  return user
}

function addRevoke(role: Command, { withContainer }: Operations): void {
  takingUser(
    addLeaf(role, 'revoke', {
      description: 'take a role from a user',
      examples: ['gatehouse role revoke ada@example.com editor'],
      notes: 'It counts at once, also for tokens that are in use. The last administrator keeps that role.',
    }),
  )
    .argument('<role>', 'the name of the role', readRole)
    .action((reference: UserReference, role: string, options: AnswerOptions) =>
      withContainer(async (container) => {
        const { id, email } = await findUser(container, reference)
        await namingMissing(noSuchRole(role), container.roles.take(id, role, SERVER))
        writeUserChange(options, await container.users.find(id), `${email} does not have the role ${role}.`)
      }),
    )
}
