import { bcryptPerSecond } from '../../peers/bcrypt-per-second.ts'
import { AT_ONCE, logins } from '../posters.ts'
import type { Row } from '../row.ts'
import { HASH_COST } from '../running-gatehouse.ts'

/** Of different accounts, 8 at once. */
export const login: Row = {
  name: 'login',
  title: 'login, 8 at once',
  seconds: 5,
  figures: [
    {
      key: 'rate',
      unit: 'a second',
      goals: [
        { beside: 'pure bcrypt', atLeast: 0.95 },
        { beside: 'Better Auth', atLeast: 1 },
      ],
    },
  ],
  open: async (site) => [
    logins('Gatehouse', site, await site.gatehouse()),
    {
      name: 'pure bcrypt',
      measure: async (seconds) => ({
        rate: { value: await bcryptPerSecond({ work: 'compare', cost: HASH_COST, seconds, concurrency: AT_ONCE }) },
      }),
    },
    logins('Better Auth', site, await site.betterAuth()),
    logins('Better Auth, bcrypt', site, await site.betterAuthWithBcrypt()),
    logins('tutorial', site, await site.tutorial()),
  ],
}
