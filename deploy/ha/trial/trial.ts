import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Account, unprivilegedAccount } from '../../../src/infrastructure/embedded-postgres/account.ts'
import { type Name, type Ports, portsFrom } from './layout.ts'

/** One cluster on this machine: what was decided when it was made. */
export interface Trial {
  folder: string
  ports: Ports
  secrets: Secrets
  /** Who all but the servers run as; null where that is who we are. */
  account: Account | null
}

const SECRETS = ['restapi', 'superuser', 'replication', 'rewind', 'gatehouse', 'appSecret', 'admin'] as const
export type Secrets = Record<(typeof SECRETS)[number], string>

interface Stored {
  basePort: number
  secrets: Secrets
}

export const ADMIN_EMAIL = 'admin@example.com'
export const DATABASE = 'gatehouse'

/** PostgreSQL refuses root, and whom root hands it to perhaps cannot reach this checkout. */
export const DEFAULT_FOLDER = process.getuid?.() === 0 ? '/var/lib/gatehouse/ha' : resolve('data/ha')

const decisionsOf = (folder: string): string => join(folder, 'cluster.json')

/** Null where there is no cluster in `folder`. */
export async function findTrial(folder: string): Promise<Trial | null> {
  const text = await readFile(decisionsOf(folder), 'utf8').catch(() => null)
  return text === null ? null : toTrial(folder, JSON.parse(text))
}

export async function makeTrial(folder: string, basePort: number): Promise<Trial> {
  const secrets = Object.fromEntries(SECRETS.map((name) => [name, randomBytes(24).toString('hex')])) as Secrets
  const stored: Stored = { basePort, secrets }
  // Its owner's alone, but for the way to what lies within.
  await mkdir(folder, { recursive: true, mode: 0o711 })
  await writeFile(decisionsOf(folder), JSON.stringify(stored), { mode: 0o600 })
  return toTrial(folder, stored)
}

async function toTrial(folder: string, { basePort, secrets }: Stored): Promise<Trial> {
  return { folder, secrets, ports: portsFrom(basePort), account: await unprivilegedAccount(folder) }
}

/** Where a machine, the proxy or a server has all that is its own. */
export const folderOf = ({ folder }: Trial, name: Name): string => join(folder, name)

/** Makes the folder of one of them, for whoever it runs as. */
export async function makeFolder(trial: Trial, name: Name, account: Account | null): Promise<void> {
  const folder = folderOf(trial, name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (account) await chown(folder, account.uid, account.gid)
}

/** At the primary by the proxy, or at a machine itself. */
export const databaseUrl = ({ secrets, ports }: Trial, port = ports.primary): string =>
  `postgres://gatehouse:${secrets.gatehouse}@127.0.0.1:${port}/${DATABASE}`

export const superuserUrl = ({ secrets, ports }: Trial, port = ports.primary): string =>
  `postgres://postgres:${secrets.superuser}@127.0.0.1:${port}/postgres`
