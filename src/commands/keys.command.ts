import { Command } from 'commander'
import type { Container } from '../container.ts'
import type { WithContainer } from './with-container.ts'

export function keysCommand(withContainer: WithContainer): Command {
  const keys = new Command('keys').description('the keys that access tokens are signed with')
  keys
    .command('list')
    .description('show all keys and what they are for')
    .action(() => withContainer(list))
  keys
    .command('rotate')
    .description('let the next key sign from now on; tokens of the one before stay good until they expire')
    .action(() => withContainer(rotate))
  return keys
}

async function list({ keyRotation }: Container): Promise<void> {
  for (const { kid, state, createdAt, activatedAt, retiredAt } of await keyRotation.list()) {
    const since = retiredAt ?? activatedAt ?? createdAt
    say(`${kid}  ${state.padEnd(8)}  since ${since.toISOString()}`)
  }
}

async function rotate({ keyRotation }: Container): Promise<void> {
  const rotated = await keyRotation.rotate()
  if (rotated) say(`${rotated.to} signs from now on; ${rotated.from} is published until its last token is over.`)
  else say('Another rotation came first, nothing is left to do.')
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`)
