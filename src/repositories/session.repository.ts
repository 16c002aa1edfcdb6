import { Op, type Transaction } from 'sequelize'
import type { SessionModel } from '../models/session.model.ts'
import { boundTo, insertEvent, type NewAuditEvent } from './audit-event-insert.ts'
import { createStatements, type RunPrepared, type Statement } from './statement.ts'

export interface NewSession {
  id: string
  userId: string
  refreshHash: Buffer
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
  ip: string | null
  userAgent: string | null
}

export interface Session extends NewSession {
  previousRefreshHash: Buffer | null
  rotatedAt: Date | null
  revokedAt: Date | null
}

/** What a rotation writes. */
export interface Rotation {
  nextHash: Buffer
  now: Date
  /** How long the session lasts when it is not used again, in seconds. */
  idleSeconds: number
  /** How long a session lasts however much it is used, in seconds from its creation. */
  maxSeconds: number
  ip: string | null
  userAgent: string | null
}

export type SessionRepository = ReturnType<typeof createSessionRepository>

// FOR SHARE: whoever disables the user or changes the password waits for this, or is seen by it.
const INSERT: Statement = {
  name: 'session_insert',
  text: `WITH opened AS (
           INSERT INTO sessions (id, user_id, refresh_hash, created_at, last_used_at, expires_at, ip, user_agent)
           SELECT $1, id, $3, $4, $5, $6, $7, $8 FROM users
           WHERE id = $2 AND status = 'active' AND password_hash = $9 FOR SHARE RETURNING id)
         ${insertEvent(10, 'FROM opened')} RETURNING id`,
}

const ROTATE: Statement = {
  name: 'session_rotate',
  text: `UPDATE sessions SET refresh_hash = $2, previous_refresh_hash = refresh_hash, rotated_at = $3,
           last_used_at = $3, ip = $4, user_agent = $5, expires_at = LEAST(
             created_at + make_interval(secs => $6), $3::timestamptz + make_interval(secs => $7))
         WHERE refresh_hash = $1 AND revoked_at IS NULL AND expires_at > $3
         RETURNING id, user_id AS "userId", created_at AS "createdAt"`,
}

const END = `UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING user_id AS "userId"`

const END_BETWEEN = `UPDATE sessions SET revoked_at = $3 WHERE id IN
                       (SELECT id FROM sessions WHERE id > $1 AND id < $2 AND revoked_at IS NULL
                        ORDER BY id LIMIT $4 FOR UPDATE)
                     RETURNING id`

const DELETE_OVER = `DELETE FROM sessions WHERE id IN
                       (SELECT id FROM sessions WHERE expires_at < $1 OR revoked_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
                     RETURNING id`

export function createSessionRepository(
  sessions: SessionModel,
  runPrepared: RunPrepared,
  transaction: Transaction | null = null,
) {
  const rowsOf = createStatements(sessions.sequelize, transaction)

  return { insert, findById, findOpen, findAllOf, rotate, end, endAllOf, endBetween, deleteOver }

  /**
   * Opens a session and writes the event of it, in one statement. False, and nothing is written, where the user is not
   * active any more, or has another password than the one that was verified.
   */
  async function insert(session: NewSession, verifiedPasswordHash: string, event: NewAuditEvent): Promise<boolean> {
    const { id, userId, refreshHash, createdAt, lastUsedAt, expiresAt, ip, userAgent } = session
    const bind = [id, userId, refreshHash, createdAt, lastUsedAt, expiresAt, ip, userAgent, verifiedPasswordHash]
    return (await runPrepared(INSERT, [...bind, ...boundTo(event)])).length > 0
  }

  async function findById(id: string): Promise<Session | null> {
    return sessions.findByPk(id, { raw: true, transaction })
  }

  /** The sessions of a user that are neither ended nor over, the last used first. */
  async function findOpen(userId: string, now: Date): Promise<Session[]> {
    const where = { userId, revokedAt: null, expiresAt: { [Op.gt]: now } }
    return sessions.findAll({ where, order: [['lastUsedAt', 'DESC'], 'id'], raw: true, transaction })
  }

  /** Also those that are ended or over, the newest first. */
  async function findAllOf(userId: string): Promise<Session[]> {
    return sessions.findAll({ where: { userId }, order: [['id', 'DESC']], raw: true, transaction })
  }

  /** One statement decides, so of two requests racing with the same token exactly one wins. */
  async function rotate(
    refreshHash: Buffer,
    { nextHash, now, ip, userAgent, maxSeconds, idleSeconds }: Rotation,
  ): Promise<Pick<Session, 'id' | 'userId' | 'createdAt'> | null> {
    const bind = [refreshHash, nextHash, now, ip, userAgent, maxSeconds, idleSeconds]
    const [row] = await runPrepared<Session>(ROTATE, bind)
    return row ?? null
  }

  /**
   * Ends a session, and locks its row: a refresh under way comes before, or finds it ended. Gives the id of its user;
   * null where it was ended before.
   */
  async function end(id: string, now: Date): Promise<string | null> {
    const [row] = await rowsOf<{ userId: string }>(END, [id, now])
    return row?.userId ?? null
  }

  /** Ends every session of a user but `exceptId`; gives the ids of those that were open. Callers lock the user before. */
  async function endAllOf(userId: string, now: Date, exceptId: string | null): Promise<string[]> {
    const where = { userId, revokedAt: null, ...(exceptId !== null && { id: { [Op.ne]: exceptId } }) }
    const [, rows] = await sessions.update({ revokedAt: now }, { where, returning: ['id'], transaction })
    return rows.map(({ id }) => id)
  }

  /** Ends up to `limit` sessions whose ids lie between two, the lowest first; gives the ids of those that were open. */
  async function endBetween(aboveId: string, belowId: string, now: Date, limit: number): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(END_BETWEEN, [aboveId, belowId, now, limit])
    return rows.map(({ id }) => id).toSorted()
  }

  /** Deletes up to `limit` sessions that were over before `before`, and tells how many. */
  async function deleteOver(before: Date, limit: number): Promise<number> {
    return (await rowsOf(DELETE_OVER, [before, limit])).length
  }
}
