import type { Command, Option } from 'commander'

export interface Word {
  text: string
  description: string
}

/** An option that is followed by a value. */
export interface ValueOption {
  text: string
  /** What the value can be; empty where nobody can know. */
  choices: readonly string[]
  isFile: boolean
}

/** A command, and what can stand behind it. */
export interface Place {
  /** The names on the way to it, with a space in front of each; empty for the whole command line. */
  path: string
  /** Its commands, or what its arguments can be. */
  words: readonly Word[]
  options: readonly Word[]
  valueOptions: readonly ValueOption[]
  takesFile: boolean
}

/** Every command of a command line, as it is declared. An argument or a value that is called `file`, or `file` or something else, is one. */
export function placesOf(command: Command, path = ''): Place[] {
  const help = command.createHelp()
  const commands = help.visibleCommands(command).filter((child) => child.name() !== 'help')
  const options = help.visibleOptions(command)
  const place = {
    path,
    words: [
      ...commands.map((child) => ({ text: child.name(), description: child.description() })),
      ...command.registeredArguments.flatMap(({ argChoices = [], description }) =>
        argChoices.map((text) => ({ text, description })),
      ),
    ],
    options: options.map((option) => ({ text: flagOf(option), description: option.description })),
    valueOptions: options.filter(({ required, optional }) => required || optional).map(valueOptionOf),
    takesFile: command.registeredArguments.some((argument) => /^file\b/.test(argument.name())),
  }
  return [place, ...commands.flatMap((child) => placesOf(child, `${path} ${child.name()}`))]
}

const flagOf = ({ long, short }: Option): string => long ?? short ?? ''

const valueOptionOf = (option: Option): ValueOption => ({
  text: flagOf(option),
  choices: option.argChoices ?? [],
  isFile: /[<[]file[>\]]/.test(option.flags),
})
