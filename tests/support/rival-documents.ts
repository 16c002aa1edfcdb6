import { FIREBASE } from './foreign-hashes.ts'

/** What an export says of one account, apart from the password. */
export interface DocumentedAccount {
  email: string
  /** A PHC string, as `FOREIGN_HASHES` gives it. */
  passwordHash: string
}

/** A realm as Keycloak exports it, in which all are called Ada Lovelace, are editors, and were verified. */
export function keycloakRealm(accounts: readonly DocumentedAccount[]): string {
  const users = accounts.map(({ email, passwordHash }) => ({
    username: email,
    email,
    firstName: 'Ada',
    lastName: 'Lovelace',
    enabled: true,
    emailVerified: true,
    createdTimestamp: Date.parse('2020-05-17T10:30:00Z'),
    realmRoles: ['default-roles-demo', 'editor', 'offline_access'],
    credentials: [{ type: 'otp', secretData: '{}', credentialData: '{}' }, keycloakCredential(passwordHash)],
  }))
  return JSON.stringify({ realm: 'demo', users })
}

function keycloakCredential(phc: string): object {
  const [, scheme = '', ...parts] = phc.split('$')
  const [salt, value] = parts.slice(-2).map(padded)
  const secretData = JSON.stringify({ value, salt, additionalParameters: {} })
  return { type: 'password', secretData, credentialData: JSON.stringify(howOf(scheme, parts)) }
}

function howOf(scheme: string, parts: readonly string[]): object {
  const cost = new Map(parts.flatMap((part) => part.split(',')).map((pair) => pair.split('=') as [string, string]))
  if (!scheme.startsWith('argon2')) {
    const algorithm = scheme.replace('-sha1', '')
    return { hashIterations: Number(cost.get('i')), algorithm, additionalParameters: {} }
  }
  const [type, memory, parallelism] = [scheme.slice('argon2'.length), cost.get('m'), cost.get('p')]
  const additionalParameters = { memory: [memory], type: [type], version: ['1.3'], parallelism: [parallelism] }
  return { hashIterations: Number(cost.get('t')), algorithm: 'argon2', additionalParameters }
}

const padded = (base64: string): string => Buffer.from(base64, 'base64').toString('base64')

/** What `firebase auth:export` writes, of editors who were verified. */
export function firebaseExport(accounts: readonly DocumentedAccount[]): string {
  const users = accounts.map(({ email, passwordHash }, index) => {
    const [salt, hash] = passwordHash.split('$').slice(-2).map(urlSafe)
    return {
      localId: `id${index}`,
      email,
      emailVerified: true,
      passwordHash: hash,
      salt,
      displayName: 'Ada Lovelace',
      createdAt: String(Date.parse('2020-05-17T10:30:00Z')),
      customAttributes: '{"roles":["editor"]}',
      providerUserInfo: [],
    }
  })
  return JSON.stringify({ users })
}

const urlSafe = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_')

/** The project's hash parameters, as the console shows them. */
export const FIREBASE_HASH_CONFIG = `hash_config {
  algorithm: SCRYPT,
  base64_signer_key: ${FIREBASE.signerKey},
  base64_salt_separator: ${FIREBASE.saltSeparator},
  rounds: ${FIREBASE.rounds},
  mem_cost: ${FIREBASE.memCost},
}
`
