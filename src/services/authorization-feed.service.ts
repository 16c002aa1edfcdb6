import { AppError } from '../errors/app-error.ts'
import type {
  AllEnded,
  Revocation,
  RevocationRepository,
  RightsChanged,
  RoleDeleted,
  SessionEnded,
} from '../repositories/revocation.repository.ts'
import type { AccessClaims } from './access-token.service.ts'
import type { Clock } from './clock.ts'
import { firstSessionIdAt } from './session-ids.ts'

export interface AuthorizationFeedOptions {
  /** How long an access token lives: what changed before that concerns none that is still alive. */
  accessTtlSeconds: number
  /** Without contact to the database for longer than this, nobody is let in. */
  maxStalenessSeconds: number
}

export interface AuthorizationFeedDependencies {
  revocations: RevocationRepository
  clock: Clock
}

export type AuthorizationFeed = ReturnType<typeof createAuthorizationFeed>

/** Clocks of nodes differ, and a token can be signed a moment behind the change that it does not know of. */
const MARGIN_SECONDS = 120

/**
 * What changed in anybody's rights while tokens that say otherwise are alive, in the memory of this node. It is kept up
 * to date by announcements and by reading the table; what comes twice, or late, changes nothing.
 */
export function createAuthorizationFeed(
  { accessTtlSeconds, maxStalenessSeconds }: AuthorizationFeedOptions,
  { revocations, clock }: AuthorizationFeedDependencies,
) {
  const retentionMs = (accessTtlSeconds + MARGIN_SECONDS) * 1000
  // Each in the order in which they came, so that what can be forgotten comes first.
  const endedSessions = new Map<string, SessionEnded>()
  const changedUsers = new Map<string, RightsChanged>()
  const deletedRoles = new Map<string, RoleDeleted>()
  let allEnded: AllEnded | null = null
  /** Below every id, while none is over for its age. */
  let firstGoodSession = ''
  let horizon = '0'
  // By a clock that never jumps, so not by the one that tokens are checked with.
  let contactAt = Number.NEGATIVE_INFINITY

  return { present, apply, reread, isInContact, silentSeconds, entries, deleteOld }

  /**
   * The claims of a verified token as they hold now. Null where its session ended, or its user may do nothing any more.
   * Roles and email are the feed's where the token is older than the user's last change. Throws `unavailable` where this
   * node cannot know.
   */
  function present(claims: AccessClaims): AccessClaims | null {
    if (!isInContact()) throw new AppError('unavailable')
    if (claims.sid < firstGoodSession || endedSessions.has(claims.sid)) return null
    const changed = changedUsers.get(claims.sub)
    if (!changed || changed.authVersion <= claims.ver) return withoutDeletedRoles(claims, changed)
    const { status, roles, authVersion: ver, email } = changed
    if (status !== 'active') return null
    return withoutDeletedRoles({ ...claims, roles, ver, email: email ?? claims.email }, changed)
  }

  /** A role counts that was granted anew since it was deleted: the grant is a change of the user that came later. */
  function withoutDeletedRoles(claims: AccessClaims, changed: RightsChanged | undefined): AccessClaims {
    if (deletedRoles.size === 0) return claims
    const isThere = (role: string) => (deletedRoles.get(role)?.id ?? 0) <= (changed?.id ?? 0)
    return claims.roles.every(isThere) ? claims : { ...claims, roles: claims.roles.filter(isThere) }
  }

  /** Takes one change, however it was heard of. */
  function apply(change: Revocation): void {
    if ('sessionId' in change) endedSessions.set(change.sessionId, change)
    else if ('sessionsBefore' in change) applyToAll(change)
    else if ('role' in change) takeNewer(deletedRoles, change.role, change)
    else takeNewer(changedUsers, change.userId, change)
  }

  function applyToAll(change: AllEnded): void {
    if (allEnded && allEnded.sessionsBefore >= change.sessionsBefore) return
    allEnded = change
    firstGoodSession = firstSessionIdAt(change.sessionsBefore)
  }

  /**
   * Takes what committed since the last reading, or everything that is kept. That it could be read is what counts as
   * contact.
   */
  async function reread(what: 'new' | 'everything'): Promise<void> {
    const startedAt = performance.now()
    const { changes, nextHorizon } = await revocations.findSince(what === 'new' ? horizon : '0', endOfRetention())
    for (const change of changes) apply(change)
    horizon = nextHorizon
    contactAt = startedAt
    forgetOld()
  }

  function isInContact(): boolean {
    return performance.now() - contactAt <= maxStalenessSeconds * 1000
  }

  /** Since the table could last be read; where it never could, since the process began. */
  function silentSeconds(): number {
    return (performance.now() - Math.max(contactAt, 0)) / 1000
  }

  /** How much of each kind is kept. */
  function entries(): Record<'session' | 'user' | 'role', number> {
    return { session: endedSessions.size, user: changedUsers.size, role: deletedRoles.size }
  }

  /** Deletes what no token needs any more, in steps of `limit` rows. */
  async function deleteOld(limit: number): Promise<number> {
    return revocations.deleteOld(endOfRetention(), limit)
  }

  function forgetOld(): void {
    const end = endOfRetention()
    for (const changes of [endedSessions, changedUsers, deletedRoles]) forgetUntil(end, changes)
    if (allEnded === null || allEnded.recordedAt > end) return
    allEnded = null
    firstGoodSession = ''
  }

  function endOfRetention(): Date {
    return new Date(clock.now().getTime() - retentionMs)
  }
}

/** What comes late, or twice, changes nothing; what is new is put last. */
function takeNewer<T extends Revocation>(changes: Map<string, T>, key: string, change: T): void {
  if ((changes.get(key)?.id ?? 0) >= change.id) return
  changes.delete(key)
  changes.set(key, change)
}

function forgetUntil(end: Date, changes: Map<string, Revocation>): void {
  for (const [key, { recordedAt }] of changes) {
    if (recordedAt > end) return
    changes.delete(key)
  }
}
