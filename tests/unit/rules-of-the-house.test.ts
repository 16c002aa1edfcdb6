import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const COPIED = ['src', 'config', 'migrations', 'seeders', 'package.json', 'tsconfig.json', 'biome.json', '.gitignore']

/** Each rule is broken once, in a copy of the tree, to see that `npm test` would fail. */
describe('the rules of the house', () => {
  let copy: string
  before(async () => {
    copy = await mkdtemp(join(tmpdir(), 'gatehouse-rules-'))
    for (const name of COPIED) await cp(join(ROOT, name), join(copy, name), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  })
  after(() => rm(copy, { recursive: true, force: true }))

  /** The output of a failing tool; empty where it found nothing wrong. */
  function complaints(tool: string, ...args: string[]): Promise<string> {
    return new Promise((resolve) => {
      const options = { cwd: copy, maxBuffer: 10_000_000 }
      execFile(join(ROOT, 'node_modules/.bin', tool), args, options, (error, stdout, stderr) =>
        resolve(error ? stdout + stderr : ''),
      )
    })
  }

  async function withFile(path: string, content: string, check: () => Promise<void>): Promise<void> {
    await writeFile(join(copy, path), content)
    await check()
    await rm(join(copy, path))
  }

  async function withChange(path: string, from: string, to: string, check: () => Promise<void>): Promise<void> {
    const original = await readFile(join(copy, path), 'utf8')
    assert.ok(original.includes(from), `${path} has no ${from}`)
    await writeFile(join(copy, path), original.replace(from, to))
    await check()
    await writeFile(join(copy, path), original)
  }

  it('are kept by the tree as it is', async () => {
    assert.equal(await complaints('biome', 'lint', '--error-on-warnings'), '')
    assert.equal(await complaints('tsc'), '')
  })

  const forbidden: readonly [from: string, specifier: string][] = [
    ['routes', '../services/auth.service.ts'],
    ['routes', '../repositories/user.repository.ts'],
    ['routes', 'express'],
    ['controllers', '../models/models.ts'],
    ['controllers', '../infrastructure/database.ts'],
    ['controllers', 'sequelize'],
    ['services', 'express'],
    ['services', 'sequelize'],
    ['services', '../http/route.ts'],
    ['services', '../schemas/fields.ts'],
    ['services', '../models/models.ts'],
    ['services', '../infrastructure/database.ts'],
    ['repositories', '../services/auth.service.ts'],
    ['repositories', 'express'],
    ['models', '../repositories/repositories.ts'],
    ['models', '../errors/app-error.ts'],
    ['middlewares', '../repositories/repositories.ts'],
    ['http', '../controllers/auth.controller.ts'],
    ['errors', '../http/problem.ts'],
    ['infrastructure', '../controllers/auth.controller.ts'],
    ['schemas', '../models/models.ts'],
    ['commands', '../infrastructure/database.ts'],
    ['commands', '../http/route.ts'],
    ['commands', 'pg'],
    ['services', '../container.ts'],
    ['controllers', '../container.ts'],
    ['infrastructure', '../start.ts'],
  ]
  for (const [layer, specifier] of forbidden) {
    it(`forbid ${layer} to import ${specifier}, even its types`, async () => {
      const content = `import type * as Other from '${specifier}'\n\nexport type Broken = typeof Other\n`
      await withFile(`src/${layer}/broken.ts`, content, async () => {
        assert.match(await complaints('biome', 'lint', `src/${layer}/broken.ts`), /noRestrictedImports/)
      })
    })
  }

  it('give controllers the type of a service, and no way to make one', async () => {
    const typeOnly =
      "import type { AuthService } from '../services/auth.service.ts'\n\nexport type Fine = AuthService\n"
    await withFile('src/controllers/fine.ts', typeOnly, async () => {
      assert.equal(await complaints('biome', 'lint', 'src/controllers/fine.ts'), '')
    })
    const value =
      "import { createAuthService } from '../services/auth.service.ts'\n\nexport const broken = createAuthService\n"
    await withFile('src/controllers/broken.ts', value, async () => {
      assert.match(await complaints('biome', 'lint', 'src/controllers/broken.ts'), /noRestrictedImports/)
    })
  })

  it('forbid import cycles', async () => {
    await withFile('src/services/one.ts', "import { two } from './two.ts'\n\nexport const one: unknown = two\n", () =>
      withFile(
        'src/services/two.ts',
        "import { one } from './one.ts'\n\nexport const two: unknown = one\n",
        async () => {
          assert.match(await complaints('biome', 'lint', 'src/services'), /noImportCycles/)
        },
      ),
    )
  })

  it('forbid migrations to import what changes', async () => {
    const content = "import { email } from '../src/schemas/fields.ts'\n\nexport const up = email\n"
    await withFile('migrations/20990101000000-broken.ts', content, async () => {
      assert.match(await complaints('biome', 'lint', 'migrations'), /noRestrictedImports/)
    })
  })

  it('want an access for every route', async () => {
    await withChange('src/routes/health.routes.ts', "        access: 'public',\n", '', async () => {
      assert.match(await complaints('tsc'), /health\.routes\.ts.*'access' is missing/s)
    })
  })

  it('want a status for every error code', async () => {
    await withChange('src/http/status-by-code.ts', '  last_admin: 409,\n', '', async () => {
      assert.match(await complaints('tsc'), /status-by-code\.ts.*last_admin/s)
    })
  })

  it('want a handler to expect no more than its contract gives', async () => {
    await withChange('src/routes/auth.routes.ts', '        body: credentials,\n', '', async () => {
      assert.match(await complaints('tsc'), /auth\.routes\.ts/)
    })
  })
})
