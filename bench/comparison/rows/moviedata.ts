import { signIn } from '../accounts.ts'
import { type Read, reader } from '../readers.ts'
import type { Row } from '../row.ts'
import { sessionChecks } from '../session-checks.ts'

/** The first page of a list: 20 films, about 7 kB. */
export const moviedata: Row = {
  name: 'moviedata',
  title: '`/moviedata`, first page',
  seconds: 3,
  figures: [
    {
      key: 'rate',
      unit: 'a second',
      goals: [
        { beside: 'Express, one query', atLeast: 0.7 },
        { beside: 'Better Auth', atLeast: 5 },
      ],
    },
  ],
  async open(site) {
    const [gatehouse, tutorial] = [await site.gatehouse(), await site.tutorial()]
    const read: Read = { path: '/moviedata', headers: await signIn(gatehouse), expected: 200 }
    return [
      reader('Gatehouse', gatehouse, read),
      reader('Express, one query', await site.expressQuery(), read),
      ...(await sessionChecks(site)),
      reader('tutorial', tutorial, { ...read, headers: await signIn(tutorial) }),
    ]
  },
}
