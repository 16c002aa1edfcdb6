import { type Account, type Ledger, ROLE } from '../../../tests/support/durability/ledger.ts'
import type { NodeClient } from '../../../tests/support/node-client.ts'

const AT_ONCE = 8

/** What a server does not know of: sessions that were ended and pass, roles that were given or taken and do not count. */
export async function findUnknown({ accounts }: Ledger, node: NodeClient): Promise<string[]> {
  const unknown: string[] = []
  const left = accounts.filter(({ ended, refreshToken }) => ended.length > 0 || refreshToken !== null)
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let account = left.pop(); account; account = left.pop()) await look(account)
    }),
  )
  return unknown

  async function look(account: Account): Promise<void> {
    for (const session of account.ended) {
      if (await node.lets(session.token)) unknown.push(`${node.url}: an ended session of ${account.email} passes`)
    }
    const wrong = await whatIsWrong(account)
    if (wrong) unknown.push(`${node.url}: ${account.email} ${wrong}`)
  }

  async function whatIsWrong({ refreshToken, pending, token, hasRole }: Account): Promise<string | null> {
    // Of a change that was not answered nobody knows whether it was made.
    if (refreshToken === null || pending !== null) return null
    if (!(await node.lets(token))) return 'has an open session that does not pass'
    if ((await node.lets(token, ROLE)) === hasRole) return null
    return hasRole ? 'was given a role that does not count' : 'was taken a role that still counts'
  }
}
