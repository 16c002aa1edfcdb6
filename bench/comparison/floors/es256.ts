import { createPublicKey, verify } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** Checks the signatures of tokens in turn for a while, and writes how many a second it was. See es256-per-second.ts. */
const { TOKENS, JWK, SECONDS } = process.env
const key = { key: createPublicKey({ key: JSON.parse(JWK ?? ''), format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const
const tokens = (await readFile(TOKENS ?? '', 'latin1')).trim().split('\n').map(partsOf)

/** How many between two looks at the clock. */
const AT_ONCE = 100

let done = 0
const startedAt = performance.now()
const endAt = startedAt + Number(SECONDS) * 1000
while (performance.now() < endAt) {
  for (let count = 0; count < AT_ONCE; count++) check(tokens[done++ % tokens.length])
}
process.stdout.write(String(done / ((performance.now() - startedAt) / 1000)))

function check(token: ReturnType<typeof partsOf> | undefined): void {
  if (!token || !verify('sha256', token.signed, key, token.signature)) throw new Error('A signature is wrong.')
}

function partsOf(token: string) {
  const end = token.lastIndexOf('.')
  return { signed: Buffer.from(token.slice(0, end)), signature: Buffer.from(token.slice(end + 1), 'base64url') }
}
