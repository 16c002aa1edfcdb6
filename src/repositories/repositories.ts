import type { Transaction } from 'sequelize'
import type { Models } from '../models/models.ts'
import { createAuditEventRepository } from './audit-event.repository.ts'
import { createAuditKeyRepository } from './audit-key.repository.ts'
import { createAuditMonthRepository } from './audit-month.repository.ts'
import { createAuditSealRepository } from './audit-seal.repository.ts'
import { createImportRepository } from './import.repository.ts'
import { createMovieRepository } from './movie.repository.ts'
import { createRateLimitRepository } from './rate-limit.repository.ts'
import { createReplicationRepository } from './replication.repository.ts'
import { createRevocationRepository, type OnRecorded } from './revocation.repository.ts'
import { createRoleRepository } from './role.repository.ts'
import { createSessionRepository } from './session.repository.ts'
import { createSigningKeyRepository } from './signing-key.repository.ts'
import type { RunPrepared } from './statement.ts'
import { createUserRepository } from './user.repository.ts'
import { createUserCountRepository } from './user-count.repository.ts'
import { createUserRoleRepository } from './user-role.repository.ts'
import { createUserSearchRepository } from './user-search.repository.ts'
import { createUserTransferRepository } from './user-transfer.repository.ts'

export type Repositories = ReturnType<typeof bindRepositories>

/**
 * Runs `work` with repositories that share one transaction: all of it happens, or nothing. What `work` throws is thrown
 * on, after the rollback.
 */
export type Atomically = <T>(work: (repositories: Repositories) => Promise<T>) => Promise<T>

/**
 * Runs `work`, which only reads and decides nothing, on a replica that shows everything committed until now, or where none
 * does, on the primary; perhaps on both, one after the other.
 */
export type FromReplica = <T>(work: (repositories: Repositories) => Promise<T>) => Promise<T>

export function bindRepositories(
  models: Models,
  runPrepared: RunPrepared,
  onRecorded: OnRecorded,
  transaction: Transaction | null = null,
) {
  return {
    users: createUserRepository(models.user, runPrepared, transaction),
    userCounts: createUserCountRepository(models.user, transaction),
    userSearch: createUserSearchRepository(models.user, transaction),
    userTransfer: createUserTransferRepository(models.user, transaction),
    roles: createRoleRepository(models.role, transaction),
    userRoles: createUserRoleRepository(models.userRole, transaction),
    sessions: createSessionRepository(models.session, runPrepared, transaction),
    signingKeys: createSigningKeyRepository(models.signingKey, transaction),
    revocations: createRevocationRepository(models.revocation, onRecorded, transaction),
    auditEvents: createAuditEventRepository(models.auditEvent, runPrepared, transaction),
    auditKeys: createAuditKeyRepository(models.auditKey, transaction),
    auditMonths: createAuditMonthRepository(models.auditEvent, transaction),
    auditSeals: createAuditSealRepository(models.auditSeal, transaction),
    rateLimits: createRateLimitRepository(models.user.sequelize, runPrepared, transaction),
    imports: createImportRepository(models.import, transaction),
    replication: createReplicationRepository(models.user.sequelize, transaction),
    movies: createMovieRepository(models.movie, runPrepared),
  }
}
