import type { Command } from 'commander'
import type { Container } from '../container.ts'
import { presentSigningKey } from '../schemas/signing-key.schema.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import type { Operations } from './operations.ts'
import type { Column } from './table.ts'
import { onePage, writeAnswer, writeList } from './write-answer.ts'

const COLUMNS: readonly Column<ReturnType<typeof presentSigningKey>>[] = [
  ['KID', ({ kid }) => kid],
  ['STATE', ({ state }) => state],
  ['SINCE', ({ createdAt, activatedAt, retiredAt }) => retiredAt ?? activatedAt ?? createdAt],
]

export function addKeysCommands(program: Command, { withContainer }: Operations): void {
  const keys = program.command('keys').description('the keys that access tokens are signed with')
  addLeaf(keys, 'list', {
    description: 'list all keys and what they are for',
    examples: ['gatehouse keys list', 'gatehouse keys list --json'],
  }).action((options: AnswerOptions) =>
    withContainer(async ({ keyRotation }) => {
      await writeList(options, onePage((await keyRotation.list()).map(presentSigningKey)), COLUMNS)
    }),
  )
  addLeaf(keys, 'rotate', {
    description: 'let the next key sign from now on; tokens of the one before stay good until they expire',
    examples: ['gatehouse keys rotate'],
    notes: 'With --json it is null where another rotation came first, and nothing is left to do.',
  }).action((options: AnswerOptions) => withContainer((container) => rotate(container, options)))
}

async function rotate({ keyRotation }: Container, options: AnswerOptions): Promise<void> {
  const rotated = await keyRotation.rotate()
  writeAnswer(options, rotated, [
    rotated
      ? `${rotated.to} signs from now on; ${rotated.from} is published until its last token is over.`
      : 'Another rotation came first, nothing is left to do.',
  ])
}
