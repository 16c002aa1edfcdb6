import type { AccountController } from '../controllers/account.controller.ts'
import type { AuditController } from '../controllers/audit.controller.ts'
import type { AuthController } from '../controllers/auth.controller.ts'
import type { DiscoveryController } from '../controllers/discovery.controller.ts'
import type { DocsController } from '../controllers/docs.controller.ts'
import type { HealthController } from '../controllers/health.controller.ts'
import type { MovieController } from '../controllers/movie.controller.ts'
import type { RoleController } from '../controllers/role.controller.ts'
import type { SessionController } from '../controllers/session.controller.ts'
import type { UserController } from '../controllers/user.controller.ts'
import type { Route } from '../http/route.ts'
import { accountRoutes } from './account.routes.ts'
import { auditRoutes } from './audit.routes.ts'
import { authRoutes } from './auth.routes.ts'
import { discoveryRoutes } from './discovery.routes.ts'
import { docsRoutes } from './docs.routes.ts'
import { healthRoutes } from './health.routes.ts'
import { movieRoutes } from './movie.routes.ts'
import { roleRoutes } from './role.routes.ts'
import { sessionRoutes } from './session.routes.ts'
import { userRoutes } from './user.routes.ts'
import { verifyRoutes } from './verify.routes.ts'

export interface Controllers {
  account: AccountController
  audit: AuditController
  auth: AuthController
  discovery: DiscoveryController
  docs: DocsController
  health: HealthController
  movie: MovieController
  role: RoleController
  session: SessionController
  user: UserController
}

/** The whole API. Express, `/openapi.json` and the tests are made from this list. */
export function apiRoutes(controllers: Controllers): Route[] {
  return [
    ...authRoutes(controllers.auth),
    ...sessionRoutes(controllers.session),
    ...movieRoutes(controllers.movie),
    ...accountRoutes(controllers.account),
    ...userRoutes(controllers.user),
    ...roleRoutes(controllers.role),
    ...auditRoutes(controllers.audit),
    ...verifyRoutes(),
    ...healthRoutes(controllers.health),
    ...discoveryRoutes(controllers.discovery),
    ...docsRoutes(controllers.docs),
  ]
}
