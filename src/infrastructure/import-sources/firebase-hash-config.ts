import { open } from 'node:fs/promises'

/** The parameters of a project's modified scrypt. Texts are base64. */
export interface FirebaseHashConfig {
  signerKey: string
  saltSeparator: string
  rounds: number
  memCost: number
}

const WHERE =
  'copy it from the Firebase console: Authentication, Users, the menu of three dots, "Password hash parameters"'

/** Reads what the console shows: `hash_config { algorithm: SCRYPT, base64_signer_key: …, … }`. */
export async function readFirebaseHashConfig(path: string): Promise<FirebaseHashConfig> {
  const text = await beginningOf(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`The hash parameters in ${path} cannot be read (${error.code}): ${WHERE}.`)
  })
  const pairs = text.matchAll(/(\w+)\s*:\s*"?([^\s,"{}]+)/g)
  const found = new Map(pairs.map(([, name = '', value = '']) => [name, value]))
  const algorithm = required('algorithm', /./)
  if (algorithm !== 'SCRYPT') throw new Error(`The hash parameters in ${path} are of ${algorithm}, and not of SCRYPT.`)
  return {
    signerKey: required('base64_signer_key', /^[\w+/-]+={0,2}$/),
    saltSeparator: required('base64_salt_separator', /^[\w+/-]+={0,2}$/),
    rounds: Number(required('rounds', /^\d{1,3}$/)),
    memCost: Number(required('mem_cost', /^\d{1,3}$/)),
  }

  function required(name: string, form: RegExp): string {
    const value = found.get(name)
    if (value === undefined || !form.test(value))
      throw new Error(`The hash parameters in ${path} have no ${name}: ${WHERE}.`)
    return value
  }
}

/** More than the parameters have: whatever has more is another file. */
async function beginningOf(path: string): Promise<string> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(10_000))
  return buffer.toString('utf8', 0, bytesRead)
}
