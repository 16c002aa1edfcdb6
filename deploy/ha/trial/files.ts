import { chown, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from '../../../src/infrastructure/embedded-postgres/account.ts'
import { isMachine, MACHINES, type Machine, PROXY, SERVERS, type Server } from './layout.ts'
import type { Programs } from './programs.ts'
import { ADMIN_EMAIL, folderOf, type Trial } from './trial.ts'

type Replacement = readonly [from: string, to: string]

/** What only a trial has: many accounts in a short time, from one address, and hashes that leave the cores to all else. */
const SERVER_OF_A_TRIAL = { NODE_ENV: 'test', BCRYPT_COST: '4', RATE_LIMITS: 'off', ACCESS_TOKEN_TTL_SECONDS: '3600' }

/** Writes the files of a machine: those of `deploy/ha/`, with the addresses and folders of this trial. */
export async function writeMachineFiles(trial: Trial, machine: Machine, programs: Programs): Promise<void> {
  const folder = folderOf(trial, machine)
  const own: Replacement[] = [
    ['MY_NAME', machine],
    ['MY_ADDRESS', addressOf(machine)],
  ]
  await write(trial, 'etcd.yml', join(folder, 'etcd.yml'), [
    ...own,
    ['/var/lib/etcd/gatehouse', join(folder, 'etcd')],
    ...addressesIn(trial),
  ])
  await write(trial, 'patroni.yml', join(folder, 'patroni.yml'), [
    ...own,
    ['RESTAPI_PASSWORD', trial.secrets.restapi],
    ['SUPERUSER_PASSWORD', trial.secrets.superuser],
    ['REPLICATION_PASSWORD', trial.secrets.replication],
    ['REWIND_PASSWORD', trial.secrets.rewind],
    ['/var/lib/postgresql/15/gatehouse', dataFolderOf(trial, machine)],
    ['/var/lib/postgresql/pgpass', join(folder, 'pgpass')],
    ['/usr/lib/postgresql/15/bin', programs.postgresBin],
    // A folder of ours may be longer than the name of a socket may be.
    ['    - local all postgres peer\n', ''],
    ['/run/postgresql', "''"],
    ['10.0.0.0/24', '127.0.0.1/32'],
    ...addressesIn(trial),
  ])
}

export const dataFolderOf = (trial: Trial, machine: Machine): string => join(folderOf(trial, machine), 'data')

export async function writeProxyFile(trial: Trial): Promise<void> {
  await write(trial, 'haproxy.cfg', join(folderOf(trial, PROXY), 'haproxy.cfg'), [
    ['bind :3000', `bind 127.0.0.1:${trial.ports.site}`],
    ...addressesIn(trial),
  ])
}

/** The `.env` of a server's working directory. */
export async function writeServerFile(trial: Trial, server: Server): Promise<void> {
  const { ports, secrets } = trial
  const path = join(folderOf(trial, server), '.env')
  await write({ ...trial, account: null }, 'gatehouse.env', path, [
    ['GATEHOUSE_PASSWORD', secrets.gatehouse],
    ['GATEHOUSE_SECRET', secrets.appSecret],
    ['https://auth.example.com', `http://127.0.0.1:${ports.site}`],
    ...addressesIn(trial),
  ])
  const more = {
    HOST: '127.0.0.1',
    PORT: String(ports.servers[server]),
    ADMIN_EMAIL,
    ADMIN_PASSWORD: secrets.admin,
    ...SERVER_OF_A_TRIAL,
  }
  const lines = Object.entries(more).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(path, ['\n# Of this trial.\n', ...lines].join(''), { flag: 'a' })
}

/** As a file of `deploy/ha/` has it: 10.0.0.1 is pg1, 10.0.1.1 is gatehouse1. */
const addressOf = (name: Machine | Server): string =>
  isMachine(name) ? `10.0.0.${MACHINES.indexOf(name) + 1}` : `10.0.1.${SERVERS.indexOf(name) + 1}`

/** From machines of their own to ports of this one. */
function addressesIn({ ports }: Trial): Replacement[] {
  const here = '127.0.0.1'
  const machines = MACHINES.flatMap((machine): Replacement[] => {
    const from = addressOf(machine)
    const { postgres, patroni, etcd, etcdPeer } = ports.machines[machine]
    return [
      [`${from}:5432 check port 8008`, `${here}:${postgres} check port ${patroni}`],
      [`${from}:5432`, `${here}:${postgres}`],
      [`${from}:8008`, `${here}:${patroni}`],
      [`${from}:2379`, `${here}:${etcd}`],
      [`${from}:2380`, `${here}:${etcdPeer}`],
    ]
  })
  const servers = SERVERS.map((name): Replacement => [`${addressOf(name)}:3000`, `${here}:${ports.servers[name]}`])
  return [...machines, ...servers, [`${here}:5000`, `${here}:${ports.primary}`]]
}

async function write(
  { account }: { account: Account | null },
  file: string,
  path: string,
  replacements: readonly Replacement[],
): Promise<void> {
  const shown = await readFile(new URL(`../${file}`, import.meta.url), 'utf8')
  const content = replacements.reduce((text, [from, to]) => text.replaceAll(from, to), shown)
  await writeFile(path, content, { mode: 0o600 })
  if (account) await chown(path, account.uid, account.gid)
}
