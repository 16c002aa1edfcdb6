import type { Repositories } from '../repositories/repositories.ts'
import type { User } from '../repositories/user.repository.ts'

/** The repositories of the transaction that changes somebody's rights. */
type Within = Pick<Repositories, 'users' | 'roles' | 'sessions' | 'revocations'>

/** Raises the user's `authVersion` and tells every node what the user may do now. Gives the user as they are now. */
export async function recordRightsChange(
  { users, roles, revocations }: Within,
  userId: string,
  now: Date,
): Promise<User> {
  await users.raiseAuthVersion(userId)
  // Roles that are told of here cannot be deleted before this commits, so that a deletion comes behind it, or is seen.
  await roles.keepThoseOf(userId)
  const user = await users.findById(userId)
  if (!user) throw new Error('A user is gone in the transaction that changes them.')
  const { authVersion, roles: present, status, email } = user
  await revocations.insert([{ userId, authVersion, roles: present, status, email, recordedAt: now }])
  return user
}

/** Deletes a user; every node refuses what tokens there still are. False where the user was gone before. */
export async function deleteUser({ users, revocations }: Within, userId: string, now: Date): Promise<boolean> {
  // What is read behind the lock is the last word, whoever else changes the same user.
  await users.lockExclusively(userId)
  await users.raiseAuthVersion(userId)
  const user = await users.findById(userId)
  if (!user) return false
  await users.delete(userId)
  const { authVersion } = user
  await revocations.insert([{ userId, authVersion, roles: [], status: 'deleted', email: null, recordedAt: now }])
  return true
}

/** Deletes a role; every node passes it over in what tokens there are. Gives how many had it. Callers lock the role. */
export async function deleteRole(
  { userRoles, roles, revocations }: Pick<Repositories, 'userRoles' | 'roles' | 'revocations'>,
  role: string,
  now: Date,
): Promise<number> {
  const holders = await userRoles.deleteAllOf(role)
  await roles.delete(role)
  await revocations.insert([{ role, recordedAt: now }])
  return holders
}

/** Ends one session on every node. Gives the id of its user; null where it was ended before. */
export async function endSession(
  { sessions, revocations }: Within,
  sessionId: string,
  now: Date,
): Promise<string | null> {
  const userId = await sessions.end(sessionId, now)
  if (userId !== null) await revocations.insert([{ sessionId, recordedAt: now }])
  return userId
}

/** Ends all sessions of a user, but `exceptId`, on every node. Gives how many were open. */
export async function endAllSessions(
  { users, sessions, revocations }: Within,
  userId: string,
  now: Date,
  exceptId: string | null = null,
): Promise<number> {
  // A login under way comes before, and its session is among them, or it waits and finds what changed.
  await users.lock(userId)
  const ended = await sessions.endAllOf(userId, now, exceptId)
  await revocations.insert(ended.map((sessionId) => ({ sessionId, recordedAt: now })))
  return ended.length
}
