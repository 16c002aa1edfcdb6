import { measuredByWrk } from '../measured.ts'
import { manyAndFew, type Population } from '../populations.ts'
import { AT_ONCE } from '../posters.ts'
import { CONNECTIONS } from '../readers.ts'
import type { Contestant, ContestantName, Row } from '../row.ts'

interface Kind {
  title: string
  path: string
  connections: number
  seconds: number
  scriptFor(population: Population): Promise<{ name: string; args: string[] }>
}

const tokens = async (population: Population) => ({ name: 'tokens', args: [population.tokens] })

const KINDS: readonly Kind[] = [
  {
    title: 'login',
    path: '/login',
    connections: AT_ONCE,
    seconds: 5,
    scriptFor: async ({ logins }) => ({ name: 'bodies', args: [logins, '200'] }),
  },
  { title: '`/verify`', path: '/verify', connections: CONNECTIONS, seconds: 3, scriptFor: tokens },
  { title: '`/userdetails`', path: '/userdetails', connections: CONNECTIONS, seconds: 3, scriptFor: tokens },
  {
    title: 'refresh',
    path: '/refresh',
    connections: CONNECTIONS,
    seconds: 3,
    scriptFor: async ({ refreshTokens }) => ({ name: 'refresh', args: [await refreshTokens()] }),
  },
]

/** The same requests to a server with a million users, of whom a thousand are active, and to one with a thousand. */
export const million: readonly Row[] = KINDS.map((kind) => ({
  name: 'million',
  title: `${kind.title}, 1,000,000 users`,
  seconds: kind.seconds,
  figures: [{ key: 'ms', unit: 'ms', goals: [{ beside: '1,000 users', atMost: 1.2 }] }],
  async open(site) {
    const [many, few] = await manyAndFew(site)
    return [asked('Gatehouse', many, kind), asked('1,000 users', few, kind)]
  },
}))

/** The mean time of an answer, as so many wait for one at any time (Little's law). */
function asked(name: ContestantName, population: Population, { path, connections, scriptFor }: Kind): Contestant {
  return {
    name,
    async measure(seconds) {
      const { pid, port } = population.gatehouse
      const script = await scriptFor(population)
      const rate = await measuredByWrk(pid, { port, path, connections, seconds, script })
      return { ms: { ...rate, value: (connections * 1000) / rate.value } }
    },
  }
}
