import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }

interface LockedPackage {
  version?: string
  resolved?: string
  integrity?: string
  hasInstallScript?: boolean
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/

/** Below these there is a published weakness that concerns us. */
const KNOWN_SAFE: Readonly<Record<string, string>> = {
  'body-parser': '2.2.1',
  cookie: '0.7.0',
  express: '5.0.1',
  jsonwebtoken: '9.0.0',
  jws: '4.0.1',
  morgan: '1.11.0',
  'on-headers': '1.1.0',
  'path-to-regexp': '8.0.0',
  pg: '8.16.3',
  qs: '6.14.1',
  send: '1.1.0',
  sequelize: '6.37.8',
  validator: '13.15.22',
}

const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as {
  packages: Record<string, LockedPackage>
}
const locked = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ ...entry, path, name: path.split('node_modules/').at(-1) ?? path }))

describe('the packages that this is made of', () => {
  it('are from the registry, at exact versions and with the digest of what they hold', () => {
    const { dependencies, devDependencies, optionalDependencies } = packageJson
    for (const version of Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      assert.match(version, EXACT)
    }
    assert.ok(locked.length > 300)
    for (const { path, version = '', resolved, integrity = '' } of locked) {
      assert.match(version, EXACT, path)
      assert.match(integrity, /^sha512-[A-Za-z0-9+/]{86}==$/, path)
      if (resolved !== undefined) assert.match(resolved, /^https:\/\/registry\.npmjs\.org\//, path)
    }
    for (const file of ['.npmrc', 'package-lock.json']) {
      assert.doesNotMatch(readFileSync(ROOT + file, 'utf8'), /git\+|github:|_auth|(^|\s)registry\s*=/)
    }
  })

  it('run an install script only where that is allowed', () => {
    const running = locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name)
    assert.ok(running.includes('bcrypt'))
    for (const name of running) assert.ok(name in packageJson.allowScripts, name)
  })

  it('are at or above the versions that are known to be safe', () => {
    for (const [name, safe] of Object.entries(KNOWN_SAFE)) {
      const found = locked.filter((entry) => entry.name === name)
      for (const { version = '', path } of found) assert.ok(isAtLeast(version, safe), `${path} ${version} < ${safe}`)
    }
    for (const name of ['express', 'sequelize', 'jsonwebtoken', 'pg', 'morgan', 'validator']) {
      assert.ok(
        locked.some((entry) => entry.name === name),
        name,
      )
    }
  })

  it('are none for development where this runs', () => {
    const allowed = new Set(Object.keys({ ...packageJson.dependencies, ...packageJson.optionalDependencies }))
    const files = globSync('{src,config,migrations,seeders}/**/*.ts', { cwd: ROOT })
    assert.ok(files.length > 100)
    for (const file of files) {
      const source = readFileSync(ROOT + file, 'utf8')
      assert.doesNotMatch(source, /from '[./]*tests\//, file)
      for (const [, specifier = ''] of source.matchAll(/(?:from|import\(|^import) ?'([^.'][^']*)'/gm)) {
        assert.ok(isBuiltin(specifier) || allowed.has(packageOf(specifier)), `${file}: ${specifier}`)
      }
    }
  })

  it('can be listed as a bill of materials', async () => {
    const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only']
    const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT, maxBuffer: 50_000_000 })
    const { bomFormat, components } = JSON.parse(stdout) as { bomFormat: string; components: { name: string }[] }
    assert.equal(bomFormat, 'CycloneDX')
    const names = components.map(({ name }) => name)
    for (const name of Object.keys(packageJson.dependencies)) assert.ok(names.includes(name), name)
  })
})

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

function isAtLeast(version: string, least: string): boolean {
  const [have = [], want = []] = [version, least].map((text) => (text.split('-')[0] ?? '').split('.').map(Number))
  const differs = want.findIndex((part, index) => have[index] !== part)
  return differs === -1 || (have[differs] ?? 0) > (want[differs] ?? 0)
}
