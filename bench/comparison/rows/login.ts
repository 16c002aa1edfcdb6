import { pureBcrypt } from '../floors/pure-bcrypt.ts'
import { logins } from '../posters.ts'
import type { Row } from '../row.ts'

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
    pureBcrypt('compare', 'rate'),
    logins('Better Auth', site, await site.betterAuth()),
    logins('Better Auth, bcrypt', site, await site.betterAuthWithBcrypt()),
    logins('tutorial', site, await site.tutorial()),
  ],
}
