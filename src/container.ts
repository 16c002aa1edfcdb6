import type { CompleteConfig } from '../config/env.ts'
import packageJson from '../package.json' with { type: 'json' }
import { systemClock } from './infrastructure/clock.ts'
import type { Log } from './infrastructure/log.ts'
import { createMetrics } from './infrastructure/metrics.ts'
import { createNotifications } from './infrastructure/notifications.ts'
import { prepareDatabase } from './infrastructure/prepare-database.ts'
import { createAccountService } from './services/account.service.ts'
import { createAccountExportService } from './services/account-export.service.ts'
import { createAllSessionsService } from './services/all-sessions.service.ts'
import { createAuditReading } from './services/audit-reading.service.ts'
import { createAuthService } from './services/auth.service.ts'
import type { Clock } from './services/clock.ts'
import { createDeviceService } from './services/device.service.ts'
import { createFirstAdmin, type FirstAdmin } from './services/first-admin.service.ts'
import { createKeySeal } from './services/key-seal.ts'
import { createMaintenance } from './services/maintenance.service.ts'
import { createReadinessService } from './services/readiness.service.ts'
import { createRefreshTokenService } from './services/refresh-token.service.ts'
import { createRoleService } from './services/role.service.ts'
import { createSessionService } from './services/session.service.ts'
import { createStandIns } from './services/stand-ins.ts'
import { createSynchronization } from './services/synchronization.service.ts'
import { createUserService } from './services/user.service.ts'
import { createUserCredentialsService } from './services/user-credentials.service.ts'
import { wireAccess } from './wire-access.ts'
import { wireAudit } from './wire-audit.ts'
import { wireDatabase } from './wire-database.ts'
import { wireHttp } from './wire-http.ts'
import { wireLimits } from './wire-limits.ts'
import { wirePasswords } from './wire-passwords.ts'
import { wireTransfer } from './wire-transfer.ts'

export type Container = ReturnType<typeof createContainer>

export interface Outside {
  log: Log
  clock?: Clock
}

/** What was not heard is read this much later. */
const REREAD_MS = 2_000

/** Wires everything; opens nothing yet. Two containers can live in one process. */
export function createContainer(config: CompleteConfig, { log, clock = systemClock }: Outside) {
  const metrics = createMetrics({ version: packageJson.version, isAsked: config.opsPort !== null })
  const { database, replicas } = wireDatabase(config, { metrics, log })
  const { repositories, atomically } = database
  const { fromReplica } = replicas
  const { passwords, passwordPools } = wirePasswords(config, metrics)
  const limits = wireLimits(config, { repositories, log, metrics: metrics.services })
  const { rateLimits, countTraffic } = limits
  const { revocations } = repositories
  const secrets = { current: config.appSecret, previous: config.previousAppSecrets }
  const seal = createKeySeal(secrets)
  const { keys, keyRotation, accessTokens, feed, access } = wireAccess(config, {
    repositories,
    atomically,
    seal,
    clock,
  })
  // What was done here counts before it is answered here; other nodes hear of it.
  database.onRevocation(feed.apply)
  const sessions = createSessionService(
    { idleDays: config.refreshIdleDays, maxDays: config.refreshMaxDays, graceSeconds: config.refreshGraceSeconds },
    {
      repositories,
      atomically,
      fromReplica,
      accessTokens,
      refreshTokens: createRefreshTokenService(secrets),
      rateLimits,
      metrics: metrics.services,
      clock,
    },
  )
  const allSessions = createAllSessionsService({ repositories, atomically, clock })
  const devices = createDeviceService(secrets, clock)
  const auth = createAuthService({
    repositories,
    atomically,
    passwords,
    sessions,
    rateLimits,
    devices,
    standIns: createStandIns(secrets),
    metrics: metrics.services,
  })
  const accounts = createAccountService({ repositories, atomically, passwords, rateLimits, clock })
  const auditReading = createAuditReading(fromReplica)
  const accountExports = createAccountExportService({ accounts, audit: auditReading, fromReplica, clock })
  const users = createUserService({ repositories, atomically, fromReplica, sessions, clock })
  const userCredentials = createUserCredentialsService({ repositories, atomically, passwords, clock })
  const roles = createRoleService({ users: repositories.users, atomically, fromReplica, clock })

  const audit = wireAudit(config, { repositories, atomically, secrets, seal, clock, log })
  const { auditKeys, auditRetention, auditSealing, auditVerification } = audit

  const synchronization = createSynchronization({
    feed,
    keys,
    revocations,
    notifications: createNotifications({
      directUrl: config.databaseDirectUrl,
      channel: revocations.channel,
      log,
      onReconnected: metrics.listenerReconnected,
    }),
    clock,
    log,
    metrics: metrics.services,
    rereadMs: Math.min(REREAD_MS, config.revocationMaxStalenessSeconds * 250),
  })
  const maintenance = createMaintenance({
    sessions: repositories.sessions,
    feed,
    keyRotation,
    auditKeys,
    auditRetention,
    auditEvents: repositories.auditEvents,
    rateLimits: repositories.rateLimits,
    clock,
    log,
  })

  const readiness = createReadinessService({ database: database.check, feed, keys })
  metrics.watch({
    pools: { hash: passwordPools.hash.state, strength: passwordPools.strength.state },
    database: database.poolState,
    replicas,
    feed,
    accessTokens: accessTokens.state,
    signingKeyAgeSeconds: keys.currentAgeSeconds,
    isLimitStoreShared: limits.isShared,
    maintenance: maintenance.state,
    readiness: readiness.check,
  })

  const services = { access, accounts, accountExports, auth, roles, sessions, users }
  const http = wireHttp(config, { ...services, keys, readiness, auditReading, movies: replicas.movies })

  return {
    config,
    log,
    ...http,
    countTraffic,
    metrics,
    users,
    userCredentials,
    roles,
    sessions,
    keyRotation,
    allSessions,
    maintenance,
    auditSealing,
    auditVerification,
    auditReading,
    ...wireTransfer({ repositories, atomically, fromReplica, clock }),
    prepare,
    run,
    leave: readiness.leave,
    close,
  }

  /**
   * Brings the database up to date. `firstAdmin` is made only where there is no administrator; answers whether it was, and
   * which changes were missing.
   */
  async function prepare(firstAdmin: FirstAdmin | null) {
    let madeFirstAdmin = false
    const applied = await prepareDatabase({ directUrl: config.databaseDirectUrl, log }, async () => {
      await auditRetention.makeMonths()
      await keyRotation.ensureKeys()
      await auditKeys.keep()
      if (firstAdmin) madeFirstAdmin = await createFirstAdmin(firstAdmin, { repositories, atomically, passwords })
    })
    return { madeFirstAdmin, applied }
  }

  /** Loads what is kept in memory and keeps it up to date, until `close`. */
  async function run(): Promise<void> {
    await Promise.all([synchronization.start(), limits.start()])
    replicas.start()
    maintenance.start()
    auditSealing.start()
  }

  async function close(): Promise<void> {
    await Promise.all([synchronization.stop(), maintenance.stop(), auditSealing.stop()])
    await Promise.all(
      [database, replicas, passwordPools.hash, passwordPools.strength, limits].map(({ close }) => close()),
    )
    metrics.close()
  }
}
