import lockfile from '../../package-lock.json' with { type: 'json' }

/** A package of the lockfile. */
export interface LockedPackage {
  name: string
  /** Where it is installed. */
  path: string
  version?: string
  integrity?: string
  /** Left out where npm is told so: then it is asked of the registry, and must still have the integrity. */
  resolved?: string
  link?: boolean
  hasInstallScript?: boolean
  license?: string
}

type Needs = Partial<Record<(typeof KINDS)[number], Record<string, string>>>

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const

const entries = new Map(Object.entries(lockfile.packages as Record<string, Needs>))

export const { '': lockedRoot, ...installed } = lockfile.packages

export const lockedPackages: readonly LockedPackage[] = Object.entries(installed).map(([path, about]) => ({
  name: path.replace(/^.*node_modules\//, ''),
  path,
  ...(about as object),
}))

/** The paths of all packages that something needs, package.json first of all. */
export function neededPaths(): Set<string> {
  const needed = new Set([''])
  // A set is walked through to what is added meanwhile.
  for (const path of needed) {
    const needs = KINDS.flatMap((kind) => Object.keys(entries.get(path)?.[kind] ?? {}))
    for (const found of needs.map((name) => locate(path, name))) if (found !== null) needed.add(found)
  }
  needed.delete('')
  return needed
}

/** As Node looks for it: beside the one that needs it, and then further up. Null for what is optional and not there. */
function locate(from: string, name: string): string | null {
  const path = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`
  if (entries.has(path)) return path
  if (from === '') return null
  return locate(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
}
