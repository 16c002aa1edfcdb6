import type { Place, ValueOption } from './places.ts'

/** A text as one word of a POSIX shell, whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The function by which people call the command line of this checkout, from any folder. */
export const gatehouseFunction = (folder: string): string => `gatehouse() {
  npm --prefix ${quoted(folder)} run --silent gatehouse -- "$@"
}`

/** The patterns of a `case` that match each of the texts. */
export const patterns = (texts: readonly string[]): string => texts.map(quoted).join('|')

/** Branches of a `case` over the command and the word before: what the value of an option can be. */
export function valueBranches(
  places: readonly Place[],
  { choices, file, nothing }: { choices: (words: readonly string[]) => string; file: string; nothing: string },
): string[] {
  const all = places.flatMap(({ path, valueOptions }) =>
    valueOptions.map((option) => ({ ...option, text: `${path} ${option.text}` })),
  )
  const known = all.filter((option) => option.choices.length > 0)
  const branch = (options: readonly ValueOption[], does: string) =>
    options.length === 0 ? [] : [`${patterns(options.map(({ text }) => text))}) ${does} ;;`]
  return [
    ...known.flatMap((option) => branch([option], choices(option.choices))),
    ...branch(
      all.filter(({ isFile }) => isFile),
      file,
    ),
    ...branch(
      all.filter((option) => !option.isFile && option.choices.length === 0),
      nothing,
    ),
  ]
}
