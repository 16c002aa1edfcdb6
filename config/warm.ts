import { readdirSync } from 'node:fs'

const NOBODY = { account: '', network: '' }

/** Uses a part of everything that a server loads, so that whatever caches code has seen it. */
export async function warm(): Promise<void> {
  for (const name of ['server', 'serve-alone', 'supervise', 'join-group', 'cli', 'create-operations'])
    await import(`../src/${name}.ts`)
  const { createMetrics } = await import('../src/infrastructure/metrics.ts')
  const { poolObserver, connections, transactions } = createMetrics({ version: '', isAsked: false })
  const { createDatabase } = await import('../src/infrastructure/database.ts')
  createDatabase({ url: 'postgres://localhost', poolMax: 1, isPooled: false, connections, transactions })
  const { createPasswordHasher } = await import('../src/infrastructure/password-hasher.ts')
  const { createPasswordStrength } = await import('../src/infrastructure/password-strength.ts')
  const hasher = createPasswordHasher({ usualCost: 4, processes: 1, observer: poolObserver('hash') })
  const strength = createPasswordStrength(poolObserver('strength'))
  await Promise.all([hasher.hash('', 4, NOBODY), strength.score('', [], NOBODY)])
  await Promise.all([hasher.close(), strength.close()])
  for (const folder of ['migrations', 'seeders']) {
    const changes = readdirSync(new URL(`../${folder}/`, import.meta.url)).filter((name) => name.endsWith('.ts'))
    await Promise.all(changes.map((name) => import(`../${folder}/${name}`)))
  }
}
