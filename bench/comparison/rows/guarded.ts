import { randomUUID } from 'node:crypto'
import { startPeer } from '../../peers/start-peer.ts'
import { answerTo, type Read, reader } from '../readers.ts'
import type { Row } from '../row.ts'
import { createSigner } from '../signer.ts'
import { startGuarded } from '../start-guarded.ts'

/** What stands between a request and its route: context, log, headers, checks, guard. */
export const guarded: Row = {
  name: 'guarded',
  title: 'a guarded route that reads nothing',
  seconds: 3,
  figures: [{ key: 'rate', unit: 'a second', goals: [{ beside: 'bare Express', atLeast: 0.85 }] }],
  async open(site, uses) {
    const gatehouse = uses.use(await startGuarded(await site.newDatabase()))
    const { tokenOf } = await createSigner(gatehouse)
    const token = tokenOf({ id: randomUUID(), email: 'somebody@example.com', authVersion: 1, roles: ['user'] })
    const read: Read = { path: '/guarded', headers: { authorization: `Bearer ${token}` }, expected: 200 }
    const ANSWER = JSON.stringify(await answerTo(gatehouse.port, read))
    const bare = uses.use(await startPeer('bare-express', { ANSWER }))
    return [reader('Gatehouse', gatehouse, read), reader('bare Express', bare, { ...read, path: '/' })]
  },
}
