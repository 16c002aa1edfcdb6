import { signIn } from '../accounts.ts'
import { answerTo, type Read, reader } from '../readers.ts'
import type { Row } from '../row.ts'
import { sessionChecks } from '../session-checks.ts'

/** Reads one row, for whoever has the token. */
export const userdetails: Row = {
  name: 'userdetails',
  title: '`/userdetails`',
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
    const read: Read = { path: '/userdetails', headers: await signIn(gatehouse), expected: 200 }
    const { user } = JSON.parse((await answerTo(gatehouse.port, read)).body)
    return [
      reader('Gatehouse', gatehouse, read),
      reader('Express, one query', await site.expressQuery(), { ...read, path: `/userdetails/${user.id}` }),
      ...(await sessionChecks(site)),
      reader('tutorial', tutorial, { ...read, headers: await signIn(tutorial) }),
    ]
  },
}
