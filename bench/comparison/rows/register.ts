import { pureBcrypt } from '../floors/pure-bcrypt.ts'
import { registering } from '../posters.ts'
import type { Row } from '../row.ts'

/** New addresses, 8 at once. */
export const register: Row = {
  name: 'register',
  title: 'register, 8 at once',
  seconds: 5,
  figures: [{ key: 'rate', unit: 'a second', goals: [{ beside: 'pure bcrypt', atLeast: 0.9 }] }],
  open: async (site) => [
    registering('Gatehouse', site, await site.gatehouse()),
    pureBcrypt('hash', 'rate'),
    registering('Better Auth', site, await site.betterAuth()),
    registering('Better Auth, bcrypt', site, await site.betterAuthWithBcrypt()),
    registering('tutorial', site, await site.tutorial()),
  ],
}
