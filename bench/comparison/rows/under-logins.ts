import { flood } from '../flood.ts'
import { pureBcrypt } from '../floors/pure-bcrypt.ts'
import type { Contestant, ContestantName, Row } from '../row.ts'
import type { Server } from '../server.ts'
import { SESSION } from '../session-checks.ts'
import type { Site } from '../site.ts'

const READS = ['/verify', '/userdetails', '/moviedata']

/** Whether those who are signed in notice that everybody else wants to be. */
export const underLogins: Row = {
  name: 'under-logins',
  title: 'while 64 clients log in',
  seconds: 10,
  figures: [
    { key: 'p99', title: 'reads, 99th percentile', unit: 'ms', goals: [{ atMost: 20 }] },
    { key: 'p50', title: 'reads, median', unit: 'ms', goals: [] },
    { key: 'logins', title: 'logins', unit: 'a second', goals: [{ beside: 'pure bcrypt', atLeast: 0.85 }] },
    { key: 'refused', title: 'refusals', unit: 'a second', goals: [] },
  ],
  open: async (site) => {
    const gatehouse = await site.gatehouse()
    return [
      { name: 'Gatehouse', measure: (seconds) => flood(site, gatehouse, READS, seconds) },
      pureBcrypt('compare', 'logins'),
      peer('Better Auth', site, await site.betterAuth(), [SESSION.path]),
      peer('Better Auth, bcrypt', site, await site.betterAuthWithBcrypt(), [SESSION.path]),
      peer('tutorial', site, await site.tutorial(), READS),
    ]
  },
}

/** None of them refuses anybody. */
function peer(name: ContestantName, site: Site, server: Server, paths: string[]): Contestant {
  return {
    name,
    async measure(seconds) {
      const { logins, p99 } = await flood(site, server, paths, seconds)
      return { logins, p99 }
    },
  }
}
