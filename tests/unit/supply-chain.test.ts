import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }
import { lockedRoot, neededPaths, lockedPackages as packages } from '../support/lockfile.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const PERMISSIVE = new Set([
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['(MIT OR CC0-1.0)', 'MIT OR Apache-2.0', 'Python-2.0', 'PSF-2.0'],
])

/** Packages whose lockfile entry has no licence: it stands in an older form, or in a file beside. */
const LICENSED_OTHERWISE: Record<string, string> = { limiter: 'MIT' }

/** The first versions without what is known of them. */
const SAFE_FROM: [name: string, version: string, why: string][] = [
  ['bcrypt', '5.0.1', 'CVE-2020-7689: NUL cuts a password off'],
  ['body-parser', '2.2.1', 'CVE-2025-13466: a form holds up the event loop'],
  ['cookie', '0.7.0', 'CVE-2024-47764: a name sets other fields of a cookie'],
  ['debug', '4.4.3', '4.4.2 was malware'],
  ['dottie', '2.0.7', 'CVE-2023-26132, and a way around its mending: pollutes prototypes'],
  ['express', '5.0.0', 'CVE-2024-43796: redirects to what was not checked'],
  ['jsonwebtoken', '9.0.0', 'CVE-2022-23540: an algorithm by default; CVE-2022-23541, CVE-2022-23539'],
  ['jws', '4.0.1', 'CVE-2025-65945: HMAC signatures of others verify'],
  ['lodash', '4.18.0', 'CVE-2025-13465, CVE-2026-2950: pollutes prototypes; CVE-2026-4800'],
  ['moment', '2.29.4', 'CVE-2022-31129: a long date holds up the event loop'],
  ['morgan', '1.11.0', 'CVE-2026-5078: control characters in a log line'],
  ['on-headers', '1.1.0', 'CVE-2025-7339: headers of one answer in another'],
  ['path-to-regexp', '8.4.0', 'CVE-2026-4926, CVE-2026-4923: patterns that take forever'],
  ['qs', '6.14.2', 'CVE-2025-15284, CVE-2026-2391: lists without a limit'],
  ['semver', '7.5.2', 'CVE-2022-25883: a range that takes forever'],
  ['send', '1.1.0', 'CVE-2024-43799: script in a redirect'],
  ['sequelize', '6.37.8', 'CVE-2026-30951: SQL by the cast of a JSON key'],
  ['serve-static', '2.1.0', 'CVE-2024-43800: script in a redirect'],
  ['validator', '13.15.22', 'CVE-2025-56200, CVE-2025-12758: isURL, isLength'],
]

/** Of packages that are there twice, the one that nothing of what is known concerns. */
const UNCONCERNED = new Set(['node_modules/morgan/node_modules/debug'])

const run = promisify(execFile)

/** npm on the lockfile alone: it asks nobody. */
async function npm(...args: string[]): Promise<Record<string, unknown>> {
  const options = { cwd: ROOT, maxBuffer: 50_000_000, env: { ...process.env, npm_config_offline: 'true' } }
  const { stdout } = await run('npm', [...args, '--package-lock-only'], options)
  return JSON.parse(stdout)
}

describe('the supply chain', () => {
  it('has exact versions in package.json', () => {
    const { dependencies, devDependencies, optionalDependencies } = packageJson
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name)
    }
  })

  it('has an integrity for every package in the lockfile, and no source but the registry', () => {
    assert.ok(packages.length > 300)
    for (const { path, version, integrity, resolved, link } of packages) {
      assert.match(integrity ?? '', /^sha512-[A-Za-z0-9+/]{86}==$/, path)
      assert.match(version ?? '', /^\d+\.\d+\.\d+(-[\w.-]+)?$/, path)
      // Then it is the registry that the machine asks.
      assert.equal(resolved, undefined, path)
      assert.equal(link, undefined, path)
    }
  })

  it('has a lockfile in step with package.json, with all that is needed and nothing else', async () => {
    const { dependencies, devDependencies, optionalDependencies, name } = packageJson
    const { dependencies: d, devDependencies: v, optionalDependencies: o, name: n } = lockedRoot
    assert.deepEqual([n, d, v, o], [name, dependencies, devDependencies, optionalDependencies])
    // What is missing or of another version is a problem.
    assert.equal((await npm('ls', '--all', '--json')).problems, undefined)
    assert.deepEqual(packages.map(({ path }) => path).sort(), [...neededPaths()].sort())
  })

  it('lets those packages run a script at their install that are named, and no others', () => {
    const withScript = packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name)
    assert.deepEqual(withScript.sort(), Object.keys(packageJson.allowScripts).sort())
    const refused = Object.entries(packageJson.allowScripts).filter(([, may]) => !may)
    assert.deepEqual(
      refused.map(([name]) => name),
      ['@scarf/scarf', 'argon2', 'core-js'],
    )
  })

  it('has what reports installs told not to, for an npm that runs every script', () => {
    assert.deepEqual(packageJson.scarfSettings, { enabled: false })
  })

  it('is kept up by npm: no git, no addresses, no scripts without being asked, no other registry', async () => {
    const settings = (await readFile(`${ROOT}.npmrc`, 'utf8')).split('\n')
    for (const setting of ['save-exact=true', 'allow-git=none', 'allow-remote=none', 'strict-allow-scripts=true']) {
      assert.ok(settings.includes(setting), setting)
    }
    assert.doesNotMatch(settings.join('\n'), /registry=|^\/\/|_auth|ignore-scripts|package-lock=false|allow-all/m)
  })

  it('has permissive licences only', () => {
    for (const { name, path, license = LICENSED_OTHERWISE[name] ?? 'none' } of packages) {
      assert.ok(PERMISSIVE.has(license), `${path}: ${license}`)
    }
  })

  for (const [name, from, why] of SAFE_FROM) {
    it(`has ${name} from ${from} on (${why})`, () => {
      const found = packages.filter((one) => one.name === name && !UNCONCERNED.has(one.path))
      assert.ok(found.length > 0)
      for (const { path, version = '' } of found) assert.ok(isAtLeast(version, from), `${path} is ${version}`)
    })
  }

  it('needs nothing of development where it runs', () => {
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

  it('is listed by npm as a bill of materials, in the form of CycloneDX', async () => {
    const { bomFormat, specVersion, components } = await npm('sbom', '--sbom-format', 'cyclonedx')
    assert.equal(bomFormat, 'CycloneDX')
    assert.match(String(specVersion), /^1\.\d$/)
    const listed = components as { name: string; version: string; hashes: { alg: string }[] }[]
    for (const [name, version] of Object.entries(packageJson.dependencies)) {
      const component = listed.find((one) => one.name === name && one.version === version)
      assert.equal(component?.hashes[0]?.alg, 'SHA-512', name)
    }
  })
})

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

function isAtLeast(version: string, from: string): boolean {
  const [have, want] = [version, from].map((text) => text.split('-')[0]?.split('.').map(Number) ?? [])
  const differing = want?.findIndex((part, index) => part !== have?.[index]) ?? -1
  return differing === -1 || (have?.[differing] ?? 0) > (want?.[differing] ?? 0)
}
