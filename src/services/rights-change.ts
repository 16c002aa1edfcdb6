import type { Repositories } from '../repositories/repositories.ts'
import type { User } from '../repositories/user.repository.ts'

/** The repositories of the transaction that changes somebody's rights. */
type Within = Pick<Repositories, 'users' | 'sessions' | 'revocations'>

/** Raises the user's `authVersion` and tells every node what the user may do now. */
export async function recordRightsChange({ users, revocations }: Within, userId: string, now: Date): Promise<void> {
  const user = await withRaisedVersion(users, userId)
  if (!user) throw new Error('A user is gone in the transaction that changes them.')
  const { authVersion, roles, status } = user
  await revocations.insert([{ userId, authVersion, roles, status, recordedAt: now }])
}

/** Deletes a user; every node refuses what tokens there still are. */
export async function deleteUser({ users, revocations }: Within, userId: string, now: Date): Promise<void> {
  const user = await withRaisedVersion(users, userId)
  if (!user) return
  await users.delete(userId)
  const { authVersion } = user
  await revocations.insert([{ userId, authVersion, roles: [], status: 'deleted', recordedAt: now }])
}

/** Raising locks the user's row, so what is read behind it is the last word, whoever else changes the same user. */
async function withRaisedVersion(users: Within['users'], userId: string): Promise<User | null> {
  await users.raiseAuthVersion(userId)
  return users.findById(userId)
}

/** Ends one session on every node. False where it was ended before. */
export async function endSession({ sessions, revocations }: Within, sessionId: string, now: Date): Promise<boolean> {
  const ended = await sessions.end(sessionId, now)
  if (ended) await revocations.insert([{ sessionId, recordedAt: now }])
  return ended
}

/** Ends all sessions of a user, but `exceptId`, on every node. */
export async function endAllSessions(
  { users, sessions, revocations }: Within,
  userId: string,
  now: Date,
  exceptId: string | null = null,
): Promise<void> {
  // A login under way comes before, and its session is among them, or it waits and finds what changed.
  await users.lock(userId)
  const ended = await sessions.endAllOf(userId, now, exceptId)
  await revocations.insert(ended.map((sessionId) => ({ sessionId, recordedAt: now })))
}
