import { fillUsers } from '../../fill-users.ts'
import { es256PerSecond } from '../floors/es256-per-second.ts'
import { lineFile } from '../line-file.ts'
import { measuredByWrk } from '../measured.ts'
import { CONNECTIONS } from '../readers.ts'
import type { Row } from '../row.ts'
import { createSigner, findPeople } from '../signer.ts'

const USERS = 10_000

/** Three times as many tokens as a node remembers: when a token comes again, it has been forgotten. */
const TOKENS_EACH = 6

/** Tokens of 10,000 users in turn, none of which the node remembers: each signature has to be checked. */
export const verifyNew: Row = {
  name: 'verify-new',
  title: '`/verify`, each token new to the node',
  seconds: 3,
  figures: [{ key: 'rate', unit: 'a second', goals: [{ beside: 'one core of ES256', atLeast: 0.9 }] }],
  async open(site) {
    const gatehouse = await site.newGatehouse()
    await fillUsers(gatehouse.databaseUrl, USERS)
    const { tokenOf, publicJwk } = await createSigner(gatehouse)
    const people = await findPeople(gatehouse, USERS)
    const tokens = await lineFile(site, Array.from({ length: TOKENS_EACH }, () => people.map(tokenOf)).flat())
    const script = { name: 'tokens', args: [tokens] }
    const { pid, port } = gatehouse
    return [
      {
        name: 'Gatehouse',
        measure: async (seconds) => ({
          rate: await measuredByWrk(pid, { port, path: '/verify', connections: CONNECTIONS, seconds, script }),
        }),
      },
      {
        name: 'one core of ES256',
        measure: async (seconds) => ({ rate: { value: await es256PerSecond({ tokens, publicJwk, seconds }) } }),
      },
    ]
  },
}
