/** What a peer answers every request with, so that it sends the bytes that Gatehouse sends. Passed as JSON in `ANSWER`. */
export interface Answer {
  status: number
  /** Header lines, names and values in turn, without those that Node adds by itself. */
  lines: string[]
  body: string
}

/** That of this process. */
export function readAnswer(): Answer {
  return JSON.parse(process.env.ANSWER ?? '{"status":200,"lines":[],"body":""}')
}

/** The lines as Express takes them. A name that comes twice has both values. */
export function headersOf({ lines }: Answer): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (let index = 0; index < lines.length; index += 2) {
    const [name = '', value = ''] = lines.slice(index, index + 2)
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return headers
}
