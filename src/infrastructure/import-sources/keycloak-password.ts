import { objectIn } from './account-fields.ts'
import { phcBase64 } from './phc.ts'
import { type Reading, unreadable } from './reading.ts'

type Json = Record<string, unknown>

/** A password as Keycloak keeps it: what is secret apart from how it is hashed. */
interface StoredPassword {
  algorithm: unknown
  iterations: unknown
  salt: string | null
  hash: string | null
  parameters: Json
}

const PBKDF2: Record<string, string> = {
  pbkdf2: 'pbkdf2-sha1',
  'pbkdf2-sha256': 'pbkdf2-sha256',
  'pbkdf2-sha512': 'pbkdf2-sha512',
}
const ARGON2_VERSIONS: Record<string, number> = { '1.3': 19, '1.0': 16 }

/** The hash of an account, as PHC strings have it; null without a password. Throws nothing: gives the reason. */
export function keycloakHash(credentials: unknown): string | null | Reading {
  const password = (Array.isArray(credentials) ? (credentials as Json[]) : []).find(
    (one) => one?.['type'] === 'password',
  )
  if (password === undefined) return null
  if (typeof password['value'] === 'string')
    return unreadable('Its password stands there as it is typed, and not as a hash.')
  const { algorithm, iterations, salt, hash, parameters } = storedPassword(password)
  if (salt === null || hash === null) return unreadable('Its password has no hash and salt in base64.')
  if (algorithm === 'argon2') return argon2(iterations, parameters, salt, hash)
  const name = PBKDF2[String(algorithm)]
  if (name === undefined)
    return unreadable(`Its password is hashed by "${String(algorithm).slice(0, 40)}", which is not known here.`)
  return `$${name}$i=${iterations}$${salt}$${hash}`
}

/** Until Keycloak 8, all stood in the credential itself. */
function storedPassword(credential: Json): StoredPassword {
  if (!('credentialData' in credential)) {
    const { algorithm = 'pbkdf2', hashIterations: iterations, salt, hashedSaltedValue: hash } = credential
    return { algorithm, iterations, salt: phcBase64(salt), hash: phcBase64(hash), parameters: {} }
  }
  const [how, secret] = [objectIn(credential['credentialData']), objectIn(credential['secretData'])]
  return {
    algorithm: how['algorithm'],
    iterations: how['hashIterations'],
    salt: phcBase64(secret['salt']),
    hash: phcBase64(secret['value']),
    parameters: (how['additionalParameters'] ?? {}) as Json,
  }
}

/** Each parameter is a list with one text in it. */
function argon2(iterations: unknown, parameters: Json, salt: string, hash: string): string {
  const [type, version, memory, parallelism] = ['type', 'version', 'memory', 'parallelism'].map((name) =>
    String([parameters[name]].flat()[0]),
  )
  return `$argon2${type}$v=${ARGON2_VERSIONS[version ?? ''] ?? version}$m=${memory},t=${iterations},p=${parallelism}$${salt}$${hash}`
}
