import fc from 'fast-check'

/** Where a value stands: what is known there is tried beside what the shape allows. */
export interface Place {
  path: string
  name: string
  actor: Actor
}

/** Who sends a request: nobody, somebody with a token that counts, or with one that must not. */
export const ACTORS = ['nobody', 'user', 'admin', 'expired', 'forged'] as const
export type Actor = (typeof ACTORS)[number]

/**
 * What only the running server knows, a token or the id of a user, stands in a request by a name between tildes, which
 * no encoding changes, and is filled in when it is sent: so the same seed makes the same requests.
 */
export const named = (name: string): string => `~${name}~`

/** Whoever may do everything is not told of what must stay as it is. */
const SPARED = ['bystander', 'first-admin']
const isPrivileged = ({ actor }: Place): boolean => actor === 'admin'

const whose = (place: Place): string[] => ['victim', 'user', ...(isPrivileged(place) ? ['admin'] : SPARED)]

/** Ids that mean something in a path or a filter. */
export function idsBelow(place: Place): string[] {
  if (place.path.startsWith('/moviedata')) return [named('movie.id')]
  if (place.path.startsWith('/sessions'))
    return [place.actor, place.actor, ...whose(place)].map((who) => named(`${who}.session`))
  return whose(place).map((who) => named(`${who}.id`))
}

/** Texts that mean something in a field or a parameter of this name. */
export function knownTexts(place: Place): string[] {
  const roles = [named('role'), 'user', ...(isPrivileged(place) ? [] : ['admin'])]
  const known: Record<string, string[]> = {
    email: [
      named('fresh.email'),
      named('fresh.email'),
      named('user.email'),
      ...whose(place).map((who) => named(`${who}.email`)),
      ' Ada@EXAMPLE.com ',
    ],
    password: [named('password')],
    currentPassword: [named('password')],
    newPassword: [named('password'), 'a quite different pass phrase'],
    refreshToken: [named('user.refresh'), named('admin.refresh')],
    role: roles,
    name: place.path.startsWith('/roles/') ? roles : [],
    q: ['the', 'user', 'example.com', '%', '_'],
    genre: ['Drama'],
  }
  return known[place.name] ?? []
}

/** Places in a list: one that there is, and what only looks like one. */
export function cursors(path: string): fc.Arbitrary<string> {
  const looksLikeOne = fc.json().map((json) => Buffer.from(json).toString('base64url'))
  return fc.oneof(
    fc.constant(named(`cursor${path.replaceAll('/', '.')}`)),
    looksLikeOne,
    fc.base64String({ maxLength: 100 }),
  )
}
