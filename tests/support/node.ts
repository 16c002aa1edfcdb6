import { createNodeClient, type NodeClient } from './node-client.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { APP_SECRET, type TestDatabase } from './test-database.ts'
import { ADMIN } from './test-server.ts'

/** One of several servers on one database, each a process of its own. */
export type Node = ServerProcess & NodeClient

export async function startNode(
  database: TestDatabase,
  env: Record<string, string> = {},
  folder?: string,
  serverFile?: string,
): Promise<Node> {
  const variables = {
    NODE_ENV: 'test',
    BCRYPT_COST: '4',
    RATE_LIMITS: 'off',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    PUBLIC_URL: 'http://gatehouse.test',
    DATABASE_URL: database.url,
    APP_SECRET,
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    ...env,
  }
  const server = await startServerProcess(variables, folder, serverFile)
  // What it says of itself is the address that all nodes share.
  const url = `http://127.0.0.1:${/"port":(\d+),"host"/.exec(server.output())?.[1]}`
  return { ...server, ...createNodeClient(url) }
}
