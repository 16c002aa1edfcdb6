import { Command } from 'commander'
import type { Container } from '../container.ts'
import { confirm } from './confirm.ts'
import type { WithContainer } from './with-container.ts'

export function sessionCommand(withContainer: WithContainer): Command {
  const session = new Command('session').description('who is signed in')
  session
    .command('end')
    .description('end sessions: their access tokens are refused at once on every node, and no refresh token is left')
    .requiredOption('--all', 'everybody, also those whom only a newer state of the database knew: after a restore')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample, after an older backup was restored:\n  npm run gatehouse -- session end --all')
    .action(async ({ yes = false }: { yes?: boolean }) => {
      if (!yes) await confirm('Everybody has to log in again. Go on?')
      await withContainer(endAll)
    })
  return session
}

async function endAll({ allSessions }: Container): Promise<void> {
  const ended = await allSessions.endAll()
  process.stdout.write(`${ended} sessions were open. All that began until now are over, on every node.\n`)
}
