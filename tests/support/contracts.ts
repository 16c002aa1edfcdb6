import { completeConfig, readConfig } from '../../config/env.ts'
import { createContainer } from '../../src/container.ts'
import type { Route } from '../../src/http/route.ts'
import { createLog } from '../../src/infrastructure/log.ts'

/** The routes that any server has, for those that run as a process of their own. */
export async function apiRoutes(): Promise<readonly Route[]> {
  const found = { port: 0, databaseUrl: 'postgres://127.0.0.1/nowhere', appSecret: 'x'.repeat(32) }
  const log = createLog({ level: 'silent', readable: false })
  const container = createContainer(completeConfig(readConfig({}), found), { log })
  await container.close()
  return container.routes
}
