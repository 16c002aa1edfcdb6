import { type Command, Option } from 'commander'
import type { Container } from '../container.ts'
import { uuid } from '../schemas/fields.ts'
import { presentSession } from '../schemas/session.schema.ts'
import { SERVER } from '../services/origin.ts'
import { namingMissing } from './command-failed.ts'
import { type ConfirmOptions, confirm, YES_OPTION } from './confirm.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import type { Operations } from './operations.ts'
import { readAs } from './read-argument.ts'
import type { Column } from './table.ts'
import { findUser, readUser, takingUser, type UserReference } from './user-argument.ts'
import { counted } from './words.ts'
import { onePage, writeAnswer, writeList } from './write-answer.ts'

const COLUMNS: readonly Column<ReturnType<typeof presentSession>>[] = [
  ['ID', ({ id }) => id],
  ['SINCE', ({ createdAt }) => createdAt],
  ['LAST USED', ({ lastUsedAt }) => lastUsedAt],
  ['ADDRESS', ({ ip }) => ip],
  ['BROWSER', ({ userAgent }) => userAgent],
]

export function addSessionCommands(program: Command, operations: Operations): void {
  const session = program.command('session').description('who is signed in')
  addList(session, operations)
  addEnd(session, operations)
}

function addList(session: Command, { withContainer }: Operations): void {
  takingUser(
    addLeaf(session, 'list', {
      description: "list a user's open sessions, the last used first",
      examples: ['gatehouse session list ada@example.com'],
    }),
  ).action((reference: UserReference, options: AnswerOptions) =>
    withContainer(async (container) => {
      const { id } = await findUser(container, reference)
      const sessions = await container.users.sessionsOf(id)
      await writeList(options, onePage(sessions.map(presentSession)), COLUMNS)
    }),
  )
}

interface EndOptions extends AnswerOptions, ConfirmOptions {
  session?: string
  all?: boolean
}

function addEnd(session: Command, { withContainer }: Operations): void {
  addLeaf(session, 'end', {
    description:
      "end a user's sessions, one of them, or everybody's: access tokens are refused at once on every node, and no refresh token is left",
    examples: [
      'gatehouse session end ada@example.com',
      'gatehouse session end ada@example.com --session 019a9f0c-4b7e-7c31-9d52-6f0e8a1b2c3d',
      'gatehouse session end --all',
    ],
    notes: '--all asks first. It is for after an older backup was restored.',
  })
    .argument('[user]', 'the email or the id of the user', readUser)
    .option('--session <id>', 'only this one of the user', readAs(uuid))
    .addOption(
      new Option('--all', 'everybody, also those whom only a newer state of the database knew').conflicts('session'),
    )
    .option(...YES_OPTION)
    .action(async (user: UserReference | undefined, options: EndOptions, command: Command) => {
      if ((user === undefined) !== (options.all === true)) command.error('error: name a user, or say --all')
      if (user) return withContainer((container) => endOf(container, user, options))
      await confirm('Everybody has to log in again. Go on?', options)
      await withContainer((container) => endAll(container, options))
    })
}

async function endOf(
  container: Pick<Container, 'users' | 'sessions'>,
  reference: UserReference,
  { session, ...options }: EndOptions,
): Promise<void> {
  const { id, email } = await findUser(container, reference)
  if (session === undefined) {
    const ended = await container.users.endSessions(id, SERVER)
    return writeAnswer(options, { ended }, [`${counted(ended, 'session')} of ${email} ended.`])
  }
  const missing = `There is no open session ${session} of ${email}.`
  await namingMissing(missing, container.sessions.end(id, session, SERVER))
  writeAnswer(options, { ended: 1 }, [`The session ${session} of ${email} ended.`])
}

async function endAll({ allSessions }: Pick<Container, 'allSessions'>, options: EndOptions): Promise<void> {
  const ended = await allSessions.endAll()
  const sentence = `${ended} sessions were open. All that began until now are over, on every node.`
  writeAnswer(options, { ended }, [sentence])
}
