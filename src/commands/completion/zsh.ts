import type { Place, Word } from './places.ts'
import { gatehouseFunction, patterns, quoted, valueBranches } from './shell-parts.ts'

/** A script for zsh: the function `gatehouse`, and what Tab offers behind it, with descriptions. */
export function zshCompletion(places: readonly Place[], folder: string): string {
  const paths = places.map(({ path }) => path).filter((path) => path !== '')
  const values = valueBranches(places, {
    choices: (words) => `compadd -- ${words.map(quoted).join(' ')}; return`,
    file: '_files; return',
    nothing: 'return',
  })
  const branches = places.map(
    ({ path, words, options, takesFile }) =>
      `${quoted(path)}) plain=(${described(words)}) flags=(${described(options)})${takesFile ? ' files=yes' : ''} ;;`,
  )
  return `# Zsh: gatehouse, from any folder, with completion. To be sourced.
${gatehouseFunction(folder)}

_gatehouse() {
  local place='' files='' word i
  local -a plain flags
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    case "$place $word" in
      ${patterns(paths)}) place="$place $word" ;;
    esac
  done
  case "$place \${words[CURRENT-1]}" in
    ${values.join('\n    ')}
  esac
  case "$place" in
    ${branches.join('\n    ')}
  esac
  if [[ \${words[CURRENT]} == -* || ( $#plain -eq 0 && -z $files ) ]]; then
    _describe -o option flags
  else
    (( $#plain )) && _describe command plain
    [[ -n $files ]] && _files
  fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _gatehouse gatehouse
`
}

/** As `_describe` reads them: a colon ends the word. */
const described = (words: readonly Word[]): string =>
  words.map(({ text, description }) => quoted(`${text}:${description}`)).join(' ')
