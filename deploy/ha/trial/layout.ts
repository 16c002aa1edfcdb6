/** The three machines of the database, the proxy, and the servers, by their names. */
export const MACHINES = ['pg1', 'pg2', 'pg3'] as const
export const SERVERS = ['gatehouse1', 'gatehouse2'] as const
export const PROXY = 'haproxy'

export type Machine = (typeof MACHINES)[number]
export type Server = (typeof SERVERS)[number]
export type Name = Machine | Server | typeof PROXY

export const NAMES: readonly Name[] = [...MACHINES, PROXY, ...SERVERS]

export const isMachine = (name: string): name is Machine => MACHINES.some((machine) => machine === name)

/** What runs on a machine of the database. */
export const PARTS = ['etcd', 'patroni', 'postgres'] as const
export type Part = (typeof PARTS)[number]

export interface Ports {
  /** Both servers, by the proxy. */
  site: number
  /** The primary, by the proxy. */
  primary: number
  servers: Record<Server, number>
  machines: Record<Machine, Record<'postgres' | 'patroni' | 'etcd' | 'etcdPeer', number>>
}

export const DEFAULT_BASE_PORT = 7400
const PORTS_USED = 50

/** All within 50 of each other. */
export function portsFrom(base: number): Ports {
  const at = (index: number) => ({
    postgres: base + 11 + index,
    patroni: base + 21 + index,
    etcd: base + 31 + index,
    etcdPeer: base + 41 + index,
  })
  return {
    site: base,
    primary: base + 10,
    servers: { gatehouse1: base + 1, gatehouse2: base + 2 },
    machines: { pg1: at(0), pg2: at(1), pg3: at(2) },
  }
}

export const HIGHEST_BASE_PORT = 65_535 - PORTS_USED

export const allPorts = ({ site, primary, servers, machines }: Ports): number[] => [
  site,
  primary,
  ...Object.values(servers),
  ...Object.values(machines).flatMap((machine) => Object.values(machine)),
]
