import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createLog } from '../../../src/infrastructure/log.ts'
import { createNotifications } from '../../../src/infrastructure/notifications.ts'
import { startProxy } from '../../support/proxy.ts'
import { createTestDatabase } from '../../support/test-database.ts'

describe('the connection that listens', () => {
  it('is closed although it was just being made again', async () => {
    const database = await createTestDatabase()
    await using proxy = await startProxy(database.url)
    const notifications = createNotifications({
      directUrl: proxy.through(database.url),
      channel: 'changes',
      log: createLog({ level: 'silent', readable: false }),
      onReconnected: () => undefined,
    })
    await notifications.listen({ onListeningAgain: () => undefined, onPayload: () => undefined })
    proxy.cut()
    proxy.hold()
    // By then it has begun to connect, and waits for an answer.
    await wait(300)
    const closing = notifications.close()
    proxy.restore()
    await closing
    assert.equal(
      await database.count(
        "pg_stat_activity WHERE application_name = 'gatehouse-listen' AND datname = current_database()",
      ),
      0,
    )
    await database.drop()
  })
})
