import { createInterface } from 'node:readline/promises'

/** Asks before something that cannot be undone. Throws where the answer is no, and where nobody is there to be asked. */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Error('Nobody is there to be asked: say --yes.')
  // Standard output is for the answer.
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(`${question} [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw new Error('Nothing was done.')
  } finally {
    terminal.close()
  }
}
