import { fileURLToPath } from 'node:url'
import { Argument, type Command } from 'commander'
import { bashCompletion } from './completion/bash.ts'
import { placesOf } from './completion/places.ts'
import { zshCompletion } from './completion/zsh.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import { writeAnswer } from './write-answer.ts'

const FOLDER = fileURLToPath(new URL('../../', import.meta.url))

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion }
type Shell = keyof typeof SCRIPTS

export function addCompletionCommand(program: Command): void {
  addLeaf(program, 'completion', {
    description: 'print a script for a shell: the command gatehouse, from any folder, with completion by Tab',
    examples: [
      'source <(gatehouse completion bash)',
      'gatehouse completion bash > ~/.gatehouse.bash && echo "source ~/.gatehouse.bash" >> ~/.bashrc',
      'gatehouse completion zsh > ~/.gatehouse.zsh && echo "source ~/.gatehouse.zsh" >> ~/.zshrc',
    ],
    notes: 'Print it again after an update. Tab starts nothing: the script holds all it offers.',
  })
    .addArgument(new Argument('<shell>', 'the shell that is to read it').choices(Object.keys(SCRIPTS)))
    .action((shell: Shell, options: AnswerOptions) => {
      const script = SCRIPTS[shell](placesOf(program), FOLDER.replace(/\/$/, ''))
      if (options.json) writeAnswer(options, { shell, script }, [])
      else process.stdout.write(script)
    })
}
