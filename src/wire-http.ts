import type { CompleteConfig } from '../config/env.ts'
import packageJson from '../package.json' with { type: 'json' }
import { createAccountController } from './controllers/account.controller.ts'
import { createAuditController } from './controllers/audit.controller.ts'
import { createAuthController } from './controllers/auth.controller.ts'
import { createDiscoveryController } from './controllers/discovery.controller.ts'
import { createDocsController } from './controllers/docs.controller.ts'
import { createHealthController } from './controllers/health.controller.ts'
import { createMovieController } from './controllers/movie.controller.ts'
import { createRoleController } from './controllers/role.controller.ts'
import { createSessionController } from './controllers/session.controller.ts'
import { createUserController } from './controllers/user.controller.ts'
import { createVerifyController } from './controllers/verify.controller.ts'
import { createOpenApi } from './http/openapi.ts'
import { createPageFiles } from './http/page-files.ts'
import type { Route } from './http/route.ts'
import { deviceCookie } from './middlewares/device-cookie.ts'
import { createGuard } from './middlewares/guard.ts'
import { refreshCookie } from './middlewares/refresh-cookie.ts'
import type { MovieRepository } from './repositories/movie.repository.ts'
import { apiRoutes } from './routes/api.routes.ts'
import { API_DESCRIPTION, API_TAGS } from './routes/api-description.ts'
import { problem } from './schemas/problem.schema.ts'
import type { AccessService } from './services/access.service.ts'
import type { AccountService } from './services/account.service.ts'
import type { AccountExportService } from './services/account-export.service.ts'
import type { AuditReading } from './services/audit-reading.service.ts'
import type { AuthService } from './services/auth.service.ts'
import type { ReadinessService } from './services/readiness.service.ts'
import type { RoleService } from './services/role.service.ts'
import type { SessionService } from './services/session.service.ts'
import type { SigningKeyService } from './services/signing-key.service.ts'
import type { UserService } from './services/user.service.ts'

/** What the controllers are made of. */
export interface Served {
  access: AccessService
  accounts: AccountService
  accountExports: AccountExportService
  auth: AuthService
  roles: RoleService
  sessions: SessionService
  users: UserService
  keys: SigningKeyService
  readiness: ReadinessService
  auditReading: AuditReading
  movies: MovieRepository
}

/** The API as the application mounts it: its routes with their handlers, who may pass, and `/verify`. */
export function wireHttp({ publicUrl, corsOrigins }: CompleteConfig, served: Served) {
  const { access, accounts, accountExports, auth, roles, sessions, users, keys, readiness, auditReading, movies } =
    served
  const { version } = packageJson
  let document: object | undefined
  const openApi = () => {
    document ??= createOpenApi(routes, { version, description: API_DESCRIPTION, tags: API_TAGS, problem })
    return document
  }
  const routes: readonly Route[] = apiRoutes({
    account: createAccountController(accounts, accountExports),
    audit: createAuditController(auditReading),
    auth: createAuthController(auth),
    discovery: createDiscoveryController({ keys, version, issuer: publicUrl, openApi }),
    docs: createDocsController(createPageFiles()),
    health: createHealthController(readiness),
    movie: createMovieController(movies),
    role: createRoleController(roles),
    session: createSessionController(sessions),
    user: createUserController(users),
  })
  const ownOrigins = new Set([new URL(publicUrl).origin, ...corsOrigins])
  const guard = createGuard(access, { refreshCookie: refreshCookie(ownOrigins), deviceCookie: deviceCookie() })
  return { routes, guard, verify: createVerifyController(access) }
}
