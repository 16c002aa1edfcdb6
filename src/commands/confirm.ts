import { ask, isAnybodyThere } from './ask.ts'
import { CommandFailed } from './command-failed.ts'

/** Of commands that ask before they do something that cannot be undone. */
export interface ConfirmOptions {
  yes?: boolean
}

export const YES_OPTION = ['--yes', 'do not ask'] as const

/** Asks, unless `--yes` was said. Throws where the answer is no, and where nobody is there to be asked. */
export async function confirm(question: string, { yes = false }: ConfirmOptions): Promise<void> {
  if (yes) return
  if (!isAnybodyThere()) throw new CommandFailed('unanswered', 'Nobody is there to be asked: say --yes.')
  const [answer = ''] = await ask([`${question} [y/N] `], { hidden: false })
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailed('unanswered', 'Nothing was done.')
}
