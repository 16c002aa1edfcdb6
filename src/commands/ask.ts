import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CommandFailed, interrupted } from './command-failed.ts'

/** Whether somebody is there who sees a question and can answer it. */
export const isAnybodyThere = (): boolean => process.stdin.isTTY && process.stderr.isTTY

/**
 * Asks on the terminal, a line each; standard output is for the answer of the command. One reader for all questions: what is
 * typed between two of them is neither lost nor shown. Throws `interrupted` at Ctrl-C.
 */
export function ask(questions: readonly string[], { hidden }: { hidden: boolean }): Promise<string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string[]>()
  const output = hidden ? unseen() : process.stderr
  const terminal = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 })
  const answers: string[] = []
  const put = (question = '') => {
    if (hidden) process.stderr.write(question)
    terminal.setPrompt(hidden ? '' : question)
    terminal.prompt()
  }
  terminal.on('line', (line) => {
    if (hidden) process.stderr.write('\n')
    answers.push(line)
    if (answers.length < questions.length) return put(questions[answers.length])
    resolve(answers)
    terminal.close()
  })
  terminal.on('SIGINT', () => {
    process.stderr.write('\n')
    reject(interrupted())
    terminal.close()
  })
  // Ctrl-D, or a terminal that is gone.
  terminal.on('close', () => reject(new CommandFailed('unanswered', 'Nothing was answered, so nothing was done.')))
  put(questions[0])
  return promise
}

/** Takes what a reader of lines would echo. */
const unseen = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })
