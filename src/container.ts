import type { CompleteConfig } from '../config/env.ts'
import { systemClock } from './infrastructure/clock.ts'
import { createDatabase } from './infrastructure/database.ts'
import type { Log } from './infrastructure/log.ts'
import { createNotifications } from './infrastructure/notifications.ts'
import { createPasswordHasher } from './infrastructure/password-hasher.ts'
import { createPasswordStrength } from './infrastructure/password-strength.ts'
import { prepareDatabase } from './infrastructure/prepare-database.ts'
import type { AuditFilter } from './repositories/audit-event.repository.ts'
import { presentNdjson } from './schemas/audit.schema.ts'
import { createAccessService } from './services/access.service.ts'
import { createAccessTokenService } from './services/access-token.service.ts'
import { createAccountService } from './services/account.service.ts'
import { createAccountExportService } from './services/account-export.service.ts'
import { createAuthService } from './services/auth.service.ts'
import { createAuthorizationFeed } from './services/authorization-feed.service.ts'
import type { Clock } from './services/clock.ts'
import { createDeviceService } from './services/device.service.ts'
import { createFirstAdmin, type FirstAdmin } from './services/first-admin.service.ts'
import { createKeyRotationService } from './services/key-rotation.service.ts'
import { createKeySeal } from './services/key-seal.ts'
import { createMaintenance } from './services/maintenance.service.ts'
import { createPasswordService } from './services/password.service.ts'
import { createRefreshTokenService } from './services/refresh-token.service.ts'
import { createRoleService } from './services/role.service.ts'
import { createSessionService } from './services/session.service.ts'
import { createSigningKeyService } from './services/signing-key.service.ts'
import { createSynchronization } from './services/synchronization.service.ts'
import { createUserService } from './services/user.service.ts'
import { wireAudit } from './wire-audit.ts'
import { wireHttp } from './wire-http.ts'
import { wireLimits } from './wire-limits.ts'

export type Container = ReturnType<typeof createContainer>

export interface Outside {
  log: Log
  clock?: Clock
}

/** A key set that was fetched is used for minutes, and a node may sign for seconds with a key that another retired. */
const KEY_KEPT_SECONDS = 600

/** What was not heard is read this much later. */
const REREAD_MS = 2_000

/** Wires everything; opens nothing yet. Two containers can live in one process. */
export function createContainer(config: CompleteConfig, { log, clock = systemClock }: Outside) {
  const database = createDatabase({ url: config.databaseUrl, poolMax: config.databasePoolMax })
  const { repositories, atomically } = database
  const hasher = createPasswordHasher(config.bcryptCost)
  const strength = createPasswordStrength()

  const passwords = createPasswordService(hasher, strength, {
    bcryptCost: config.bcryptCost,
    minLength: config.passwordMinLength,
    contextWords: ['gatehouse', new URL(config.publicUrl).hostname],
  })
  const limits = wireLimits(config, { repositories, log })
  const { rateLimits, countTraffic } = limits
  const { signingKeys, revocations } = repositories
  const secrets = { current: config.appSecret, previous: config.previousAppSecrets }
  const seal = createKeySeal(secrets)
  const keptSeconds = config.accessTtlSeconds + KEY_KEPT_SECONDS
  const keys = createSigningKeyService({ signingKeys, seal, clock, keptSeconds })
  const keyRotation = createKeyRotationService({ signingKeys, atomically, seal, clock, keptSeconds })
  const accessTokens = createAccessTokenService(
    { issuer: config.publicUrl, audience: config.tokenAudience, ttlSeconds: config.accessTtlSeconds },
    { keys, clock },
  )
  const feed = createAuthorizationFeed(
    { accessTtlSeconds: config.accessTtlSeconds, maxStalenessSeconds: config.revocationMaxStalenessSeconds },
    { revocations, clock },
  )
  // What was done here counts before it is answered here; other nodes hear of it.
  database.onRevocation(feed.apply)
  const access = createAccessService({ accessTokens, feed })
  const sessions = createSessionService(
    { idleDays: config.refreshIdleDays, maxDays: config.refreshMaxDays, graceSeconds: config.refreshGraceSeconds },
    {
      repositories,
      atomically,
      accessTokens,
      refreshTokens: createRefreshTokenService(secrets),
      rateLimits,
      clock,
    },
  )
  const devices = createDeviceService(secrets, clock)
  const auth = createAuthService({ repositories, atomically, passwords, sessions, rateLimits, devices })
  const accounts = createAccountService({ repositories, atomically, passwords, rateLimits, clock })
  const accountExports = createAccountExportService({ accounts, repositories, clock })
  const users = createUserService({ repositories, atomically, sessions, clock })
  const roles = createRoleService({ users: repositories.users, atomically, clock })

  const audit = wireAudit(config, { repositories, atomically, secrets, seal, clock, log })
  const { auditKeys, auditRetention, auditSealing, auditVerification } = audit

  const synchronization = createSynchronization({
    feed,
    keys,
    revocations,
    notifications: createNotifications({ directUrl: config.databaseDirectUrl, channel: revocations.channel, log }),
    clock,
    log,
    rereadMs: Math.min(REREAD_MS, config.revocationMaxStalenessSeconds * 250),
  })
  const maintenance = createMaintenance({
    sessions: repositories.sessions,
    feed,
    keyRotation,
    auditKeys,
    auditRetention,
    rateLimits: repositories.rateLimits,
    clock,
    log,
  })

  const services = { access, accounts, accountExports, auth, roles, sessions, users }
  const http = wireHttp(config, { ...services, keys, feed, database })

  return {
    config,
    log,
    ...http,
    countTraffic,
    keyRotation,
    maintenance,
    auditSealing,
    auditVerification,
    exportAudit,
    prepare,
    run,
    close,
  }

  /** The events of the audit trail as lines of JSON, oldest first. */
  function exportAudit(period: Pick<AuditFilter, 'since' | 'until'>): AsyncIterable<string> {
    return presentNdjson(repositories.auditEvents.findAll(period))
  }

  /**
   * Brings the database up to date. `firstAdmin` is made only where there is no administrator; answers whether it was.
   */
  async function prepare(firstAdmin: FirstAdmin | null): Promise<{ madeFirstAdmin: boolean }> {
    let madeFirstAdmin = false
    await prepareDatabase({ directUrl: config.databaseDirectUrl, log }, async () => {
      await auditRetention.makeMonths()
      await keyRotation.ensureKeys()
      await auditKeys.keep()
      if (firstAdmin) madeFirstAdmin = await createFirstAdmin(firstAdmin, { repositories, atomically, passwords })
    })
    return { madeFirstAdmin }
  }

  /** Loads what is kept in memory and keeps it up to date, until `close`. */
  async function run(): Promise<void> {
    await Promise.all([synchronization.start(), limits.start()])
    maintenance.start()
    auditSealing.start()
  }

  async function close(): Promise<void> {
    await Promise.all([synchronization.stop(), maintenance.stop(), auditSealing.stop()])
    await Promise.all([database.close(), hasher.close(), strength.close(), limits.close()])
  }
}
