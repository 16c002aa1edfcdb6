import { startPeer } from '../../peers/start-peer.ts'
import { signIn } from '../accounts.ts'
import { answerTo, type Read, reader } from '../readers.ts'
import type { Row } from '../row.ts'
import { cachedSessionChecks, sessionChecks } from '../session-checks.ts'

/** The same token in every request, as it is behind a gateway while somebody uses a page. */
export const verifyKnown: Row = {
  name: 'verify-known',
  title: '`/verify`, a token seen before',
  seconds: 3,
  figures: [
    {
      key: 'rate',
      unit: 'a second',
      goals: [
        { beside: 'bare node:http', atLeast: 0.9 },
        { beside: 'Better Auth', atLeast: 50 },
      ],
    },
  ],
  async open(site, uses) {
    const [gatehouse, tutorial] = [await site.gatehouse(), await site.tutorial()]
    const read: Read = { path: '/verify', headers: await signIn(gatehouse), expected: 204 }
    const ANSWER = JSON.stringify(await answerTo(gatehouse.port, read))
    const bare = uses.use(await startPeer('bare-http', { ANSWER }))
    return [
      reader('Gatehouse', gatehouse, read),
      reader('bare node:http', bare, read),
      ...(await sessionChecks(site)),
      ...(await cachedSessionChecks(site)),
      reader('tutorial', tutorial, { ...read, headers: await signIn(tutorial) }),
    ]
  },
}
