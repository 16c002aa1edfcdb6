import { completeConfig, readConfig } from '../../config/env.ts'
import { createApp } from '../../src/app.ts'
import { createContainer } from '../../src/container.ts'
import { sendJson } from '../../src/http/answer.ts'
import { createHttpServer } from '../../src/http/http-server.ts'
import { route } from '../../src/http/route.ts'
import { createLog } from '../../src/infrastructure/log.ts'

/**
 * Gatehouse with one route more, for whoever is signed in, which reads nothing: what the way to a route costs, without
 * the route. The product has none that reads nothing.
 */
const config = readConfig(process.env)
const log = createLog({ level: config.logLevel, readable: false })
const server = createHttpServer(log)
const { port, databaseUrl, appSecret } = config
const found = { port, databaseUrl: databaseUrl ?? '', appSecret: appSecret ?? '' }
const container = createContainer(completeConfig(config, found), { log })
await container.prepare(null)
await container.run()

const guarded = route(
  {
    method: 'get',
    path: '/guarded',
    operationId: 'readNothing',
    summary: 'Say hello to whoever is signed in',
    description: 'Reads nothing.',
    tag: 'Bench',
    access: 'signed-in',
    answers: { 200: { description: 'A greeting' } },
  },
  (_request, res) => sendJson(res, 200, { message: 'You are signed in.' }),
)
server.serve(createApp({ ...container, routes: [...container.routes, guarded] }))
await server.listen(port, '127.0.0.1')

process.on('SIGTERM', () => process.exit())
