import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface Es256Load {
  /** A file with a token a line. */
  tokens: string
  publicJwk: object
  seconds: number
}

/** How many signatures a second one core checks, in a process that does nothing else, with a key that was parsed once. */
export async function es256PerSecond({ tokens, publicJwk, seconds }: Es256Load): Promise<number> {
  const file = fileURLToPath(new URL('es256.ts', import.meta.url))
  const env = { ...process.env, TOKENS: tokens, JWK: JSON.stringify(publicJwk), SECONDS: String(seconds) }
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env })
  return Number(stdout)
}
