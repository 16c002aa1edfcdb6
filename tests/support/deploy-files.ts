import { globSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** How long a server finishes what is under way: see http-server.ts. Whoever stops it waits longer. */
export const DRAIN_SECONDS = 10

export const readDeployed = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

interface Container {
  image: string
  user?: string
  environment?: Record<string, string | number>
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  restart?: string
  ports?: string[]
  stop_grace_period?: string
  mem_limit?: string
  pids_limit?: number
  healthcheck?: object
  networks?: unknown
}

export interface Compose {
  services: Record<'nginx' | 'gatehouse' | 'database', Container>
  networks: Record<string, { internal?: boolean } | null>
}

export const readCompose = (): Compose => parse(readDeployed('compose.yaml'), { merge: true })

/** What `kubectl apply -k` is given, and what lies beside it, by kind. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads what the manifest should have.
export function readManifests(): Record<string, any> {
  const files = globSync('deploy/kubernetes/*.yaml', { cwd: ROOT })
  return Object.fromEntries(files.map((file) => parse(readDeployed(file))).map((manifest) => [manifest.kind, manifest]))
}

/** The instructions of the Dockerfile's last stage, in order, each on one line. */
function lastStage(): [instruction: string, rest: string][] {
  const lines = readDeployed('Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line !== '')
  return lines.slice(lines.findLastIndex((line) => line.startsWith('FROM '))).map((line) => {
    const [instruction = '', ...rest] = line.split(' ')
    return [instruction, rest.join(' ')]
  })
}

/** What stands behind an instruction of the last stage, each time that it is there. */
export const valuesOf = (wanted: string): string[] =>
  lastStage().flatMap(([instruction, rest]) => (instruction === wanted ? [rest] : []))

/** What an instruction of the last stage runs, without a shell. */
export function commandOf(instruction: 'CMD' | 'HEALTHCHECK'): string[] {
  const [value = ''] = valuesOf(instruction)
  return JSON.parse(value.slice(value.indexOf('[')))
}

/** A folder with what the image has: the files that `.dockerignore` lets through, and the packages. */
export async function imageFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-image-'))
  const allowed = readDeployed('.dockerignore').matchAll(/^!(.+)$/gm)
  for (const [, name = ''] of allowed) await cp(join(ROOT, name), join(folder, name), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** The names of all variables that the server reads. */
export const knownVariables = (): Set<string> =>
  new Set([...readDeployed('config/env.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name = '']) => name))
