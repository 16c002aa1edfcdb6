import { accessSync, constants, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Programs {
  etcd: string
  patroni: string
  haproxy: string
  /** The folder of PostgreSQL's own programs. */
  postgresBin: string
}

/** What Debian calls the packages. */
const PACKAGES: Record<keyof Programs, string> = {
  etcd: 'etcd-server',
  patroni: 'patroni',
  haproxy: 'haproxy',
  postgresBin: 'postgresql-15',
}

const POSTGRES = '/usr/lib/postgresql'

/** Where Debian keeps servers, an ordinary user's PATH does not look. */
export const SEARCH_PATH = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`

/** The programs, or what is to be installed. */
export function findPrograms(): { programs: Programs; missing: string[] } {
  const programs: Programs = {
    etcd: findProgram('etcd'),
    patroni: findProgram('patroni'),
    haproxy: findProgram('haproxy'),
    postgresBin: findPostgres(),
  }
  const missing = (Object.keys(PACKAGES) as (keyof Programs)[]).filter((name) => programs[name] === '')
  return { programs, missing: missing.map((name) => PACKAGES[name]) }
}

const findProgram = (name: string): string =>
  SEARCH_PATH.split(':')
    .map((folder) => join(folder, name))
    .find(isExecutable) ?? ''

/** The newest that has all that a standby needs: the embedded PostgreSQL has not. */
function findPostgres(): string {
  const versions = readVersions().sort((one, other) => other - one)
  const folders = versions.map((version) => join(POSTGRES, String(version), 'bin'))
  return folders.find((folder) => isExecutable(join(folder, 'pg_rewind'))) ?? ''
}

function readVersions(): number[] {
  try {
    return readdirSync(POSTGRES).map(Number)
  } catch {
    return []
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
