import type { Command } from 'commander'

export interface Leaf {
  description: string
  /** Lines for a shell in which `gatehouse` stands for this command line. */
  examples: readonly [string, ...string[]]
  /** What else there is to know, in paragraphs. */
  notes?: string
}

/** Options of every command. */
export interface AnswerOptions {
  json?: boolean
}

/** Adds a command that does something. `signature` is its name and its arguments, as commander reads them. */
export function addLeaf(parent: Command, signature: string, { description, examples, notes }: Leaf): Command {
  const lines = examples.map((example) => `  $ ${asTyped(example)}`)
  const title = examples.length === 1 ? 'Example:' : 'Examples:'
  return parent
    .command(signature)
    .description(description)
    .option('--json', 'write the result as JSON, and an error too')
    .addHelpText('after', ['', title, ...lines, ...(notes === undefined ? [] : ['', notes])].join('\n'))
}

/** npm writes lines of its own to standard output, which nothing that reads the result may get. */
export function asTyped(example: string): string {
  const isReadOn = /[>|)]|--json/.test(example.slice(example.indexOf('gatehouse')))
  return example.replace('gatehouse', isReadOn ? 'npm run --silent gatehouse --' : 'npm run gatehouse --')
}
