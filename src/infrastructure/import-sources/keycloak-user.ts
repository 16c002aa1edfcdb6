import { fromMilliseconds, joinNames, textOf, textsIn } from './account-fields.ts'
import { keycloakHash } from './keycloak-password.ts'
import { type Reading, readable, unreadable } from './reading.ts'

/** Roles that Keycloak gives to everybody, for its own use. */
const OF_KEYCLOAK = /^(default-roles-.*|offline_access|uma_authorization)$/

/** Keycloak's UserRepresentation in the documented shape. */
export function keycloakUser(account: Record<string, unknown>): Reading {
  if (textOf(account['serviceAccountClientId']) !== undefined) {
    return unreadable('It is the account of a client, not of a person.', account)
  }
  const passwordHash = keycloakHash(account['credentials'])
  if (passwordHash !== null && typeof passwordHash === 'object')
    return { ...passwordHash, user: { email: account['email'] } }
  const email = textOf(account['email'])
  const username = textOf(account['username'])
  return readable({
    email,
    name: joinNames(account['firstName'], account['lastName']) ?? (username === email ? null : (username ?? null)),
    passwordHash,
    roles: rolesIn(account['realmRoles']),
    status: account['enabled'] === false ? 'disabled' : 'active',
    emailVerified: account['emailVerified'] ?? false,
    createdAt: fromMilliseconds(account['createdTimestamp']),
  })
}

function rolesIn(names: unknown): string[] | undefined {
  return names === undefined ? undefined : textsIn(names).filter((role) => !OF_KEYCLOAK.test(role))
}
