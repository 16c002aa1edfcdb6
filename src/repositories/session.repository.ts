import type { Transaction } from 'sequelize'
import type { SessionModel } from '../models/session.model.ts'

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

export type SessionRepository = ReturnType<typeof createSessionRepository>

export function createSessionRepository(sessions: SessionModel, transaction: Transaction | null = null) {
  return { insert }

  async function insert(session: NewSession): Promise<void> {
    await sessions.create(session, { transaction })
  }
}
