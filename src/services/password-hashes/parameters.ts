const PARAMETER = /^([a-z]{1,2})=([1-9]\d{0,9})$/

/** The values of `names` in a text such as `m=65536,t=3,p=4`, which has these and no others. Libraries differ in their order. */
export function readParameters(text: string, names: readonly string[]): number[] | null {
  const values = new Map<string, number>()
  for (const part of text.split(',')) {
    const [, name = '', value] = PARAMETER.exec(part) ?? []
    values.set(name, Number(value))
  }
  // A name that is given twice or is another leaves a gap, or one too many.
  const found = names.map((name) => values.get(name)).filter((value) => value !== undefined)
  return found.length === names.length && text.split(',').length === names.length ? found : null
}
