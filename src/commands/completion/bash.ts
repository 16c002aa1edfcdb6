import type { Place, Word } from './places.ts'
import { gatehouseFunction, patterns, quoted, valueBranches } from './shell-parts.ts'

/** A script for bash, from 3.2 (macOS) on: the function `gatehouse`, and what Tab offers behind it. */
export function bashCompletion(places: readonly Place[], folder: string): string {
  const paths = places.map(({ path }) => path).filter((path) => path !== '')
  const values = valueBranches(places, {
    choices: (words) => `words=${lines(words)}`,
    file: 'files=yes',
    nothing: ':',
  })
  const branches = places.map(
    ({ path, words, options, takesFile }) =>
      `${quoted(path)}) words=${textsOf(words)} options=${textsOf(options)}${takesFile ? ' files=yes' : ''} ;;`,
  )
  return `# Bash: gatehouse, from any folder, with completion. To be sourced.
${gatehouseFunction(folder)}

_gatehouse() {
  local place='' words='' options='' files='' word i
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} IFS=$'\\n'
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$place $word" in
      ${patterns(paths)}) place="$place $word" ;;
    esac
  done
  case "$place $before" in
    ${values.join('\n    ')}
    *)
      case "$place" in
        ${branches.join('\n        ')}
      esac
      if [[ $current == -* || -z $words$files ]]; then words=$options files=''; fi
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ -n $files ]]; then
    COMPREPLY+=($(compgen -f -- "$current"))
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _gatehouse gatehouse
`
}

const textsOf = (words: readonly Word[]): string => lines(words.map(({ text }) => text))

const lines = (texts: readonly string[]): string => `$'${texts.join('\\n')}'`
