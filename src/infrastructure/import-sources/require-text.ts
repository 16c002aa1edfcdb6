/** What files begin with that are no text, and what is to be done with one. */
const SIGNATURES: [begin: string, advice: string][] = [
  ['1f8b', 'is compressed: gunzip it first'],
  ['504b0304', 'is compressed: unzip it first'],
  ['425a68', 'is compressed: bunzip2 it first'],
  ['fd377a585a00', 'is compressed: unxz it first'],
  ['28b52ffd', 'is compressed: unzstd it first'],
  ['fffe', 'is encoded in UTF-16: save it in UTF-8'],
  ['feff', 'is encoded in UTF-16: save it in UTF-8'],
  ['5047444d50', 'is a dump in the custom format: make one in plain text, with pg_dump --format=plain'],
]

/** Throws where what a file begins with is not that of a text in UTF-8. */
export function requireText(head: Buffer, path: string): void {
  const hex = head.toString('hex', 0, 8)
  const [, advice] = SIGNATURES.find(([begin]) => hex.startsWith(begin)) ?? []
  if (advice !== undefined) throw new Error(`${path} ${advice}.`)
  if (head.toString('latin1', 257, 262) === 'ustar') {
    throw new Error(`${path} is an archive: unpack it, or make the dump with pg_dump --format=plain.`)
  }
  if (isWide(head)) throw new Error(`${path} is encoded in UTF-16: save it in UTF-8.`)
}

/** Without a mark, too, Latin letters show it: each second byte is zero. */
function isWide(head: Buffer): boolean {
  const [first, second, third, fourth] = head
  return (first === 0) !== (second === 0) && (first === 0) === (third === 0) && (second === 0) === (fourth === 0)
}
