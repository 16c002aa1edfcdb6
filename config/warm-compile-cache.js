import { readdirSync } from 'node:fs'

/**
 * Run after an install with compile-cache.js preloaded: using a part of the server fills the cache with it, so that the
 * first start is as light as every later one. Without it all works the same, only heavier; so nothing that goes wrong
 * here (an old Node, no optional packages) is a reason for an install to fail.
 */
try {
  for (const name of ['server', 'start', 'supervise', 'join-group', 'cli']) await import(`../src/${name}.ts`)
  const { createDatabase } = await import('../src/infrastructure/database.ts')
  createDatabase({ url: 'postgres://localhost', poolMax: 1 })
  const { createPasswordHasher } = await import('../src/infrastructure/password-hasher.ts')
  const { createPasswordStrength } = await import('../src/infrastructure/password-strength.ts')
  const [hasher, strength] = [createPasswordHasher(), createPasswordStrength()]
  await Promise.all([hasher.hash('', 4), strength.score('', [])])
  await Promise.all([hasher.close(), strength.close()])
  for (const folder of ['migrations', 'seeders']) {
    const changes = readdirSync(new URL(`../${folder}/`, import.meta.url)).filter((name) => name.endsWith('.ts'))
    await Promise.all(changes.map((name) => import(`../${folder}/${name}`)))
  }
} catch {
  // The server itself says what is missing, when it is started.
}
