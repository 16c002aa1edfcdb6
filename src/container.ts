import type { CompleteConfig } from '../config/env.ts'
import packageJson from '../package.json' with { type: 'json' }
import { createAuthController } from './controllers/auth.controller.ts'
import { createDiscoveryController } from './controllers/discovery.controller.ts'
import { createHealthController } from './controllers/health.controller.ts'
import { createMovieController } from './controllers/movie.controller.ts'
import { createRoleController } from './controllers/role.controller.ts'
import { createUserController } from './controllers/user.controller.ts'
import { createOpenApi } from './http/openapi.ts'
import type { Route } from './http/route.ts'
import { systemClock } from './infrastructure/clock.ts'
import { createDatabase } from './infrastructure/database.ts'
import type { Log } from './infrastructure/log.ts'
import { createPasswordHasher } from './infrastructure/password-hasher.ts'
import { createPasswordStrength } from './infrastructure/password-strength.ts'
import { prepareDatabase } from './infrastructure/prepare-database.ts'
import { createGuard } from './middlewares/guard.ts'
import { apiRoutes } from './routes/api.routes.ts'
import { problem } from './schemas/problem.schema.ts'
import { createAccessTokenService } from './services/access-token.service.ts'
import { createAuthService } from './services/auth.service.ts'
import type { Clock } from './services/clock.ts'
import { createFirstAdmin, type FirstAdmin } from './services/first-admin.service.ts'
import { createPasswordService } from './services/password.service.ts'
import { createRoleService } from './services/role.service.ts'
import { createSessionService } from './services/session.service.ts'
import { createSigningKeyService } from './services/signing-key.service.ts'
import { createUserService } from './services/user.service.ts'

export type Container = ReturnType<typeof createContainer>

export interface Outside {
  log: Log
  clock?: Clock
}

/** Wires everything; opens nothing yet. Two containers can live in one process. */
export function createContainer(config: CompleteConfig, { log, clock = systemClock }: Outside) {
  const database = createDatabase({ url: config.databaseUrl, poolMax: config.databasePoolMax })
  const { repositories, atomically } = database
  const hasher = createPasswordHasher()
  const strength = createPasswordStrength()

  const passwords = createPasswordService(hasher, strength, {
    bcryptCost: config.bcryptCost,
    minLength: config.passwordMinLength,
  })
  const keys = createSigningKeyService({ signingKeys: repositories.signingKeys, appSecret: config.appSecret, clock })
  const accessTokens = createAccessTokenService(
    { issuer: config.publicUrl, audience: config.tokenAudience, ttlSeconds: config.accessTtlSeconds },
    { keys, clock },
  )
  const sessions = createSessionService({ accessTokens, clock, maxDays: config.sessionMaxDays })
  const auth = createAuthService({ repositories, atomically, passwords, sessions })
  const users = createUserService(repositories.users)
  const roles = createRoleService({ users: repositories.users, atomically })

  const { version } = packageJson
  let document: object | undefined
  const openApi = () => {
    document ??= createOpenApi(routes, { version, publicUrl: config.publicUrl, problem })
    return document
  }
  const routes: readonly Route[] = apiRoutes({
    auth: createAuthController(auth),
    discovery: createDiscoveryController({ keys, version, openApi }),
    health: createHealthController({ database: database.isReachable }),
    movie: createMovieController(repositories.movies),
    role: createRoleController(roles, repositories.roles),
    user: createUserController(users),
  })

  return { config, log, routes, guard: createGuard(accessTokens), prepare, close }

  /**
   * Brings the database up to date and loads what is kept in memory. `firstAdmin` is made only where there is no
   * administrator; answers whether it was.
   */
  async function prepare(firstAdmin: FirstAdmin | null): Promise<{ madeFirstAdmin: boolean }> {
    let madeFirstAdmin = false
    await prepareDatabase({ directUrl: config.databaseDirectUrl, log }, async () => {
      await keys.ensureKey()
      if (firstAdmin) madeFirstAdmin = await createFirstAdmin(firstAdmin, { repositories, atomically, passwords })
    })
    await keys.load()
    return { madeFirstAdmin }
  }

  async function close(): Promise<void> {
    await Promise.all([database.close(), hasher.close(), strength.close()])
  }
}
