import type { Repositories } from '../../repositories/repositories.ts'
import type { Account } from './account.ts'
import { createAddressSet } from './address-set.ts'
import { changesOf } from './changes.ts'
import type { ImportOptions, WriteBatch } from './import-options.ts'
import { requireFewRoles } from './new-roles.ts'
import { newUserOf } from './new-user.ts'
import { advance, linesOf } from './progress.ts'

/** Says of each batch what an import would come to, and writes nothing but the rejects. */
export function createDryRun(
  { userTransfer, roles }: Pick<Repositories, 'userTransfer' | 'roles'>,
  { existing, rejects }: Pick<ImportOptions, 'existing' | 'rejects'>,
  now: Date,
): WriteBatch {
  const seen = createAddressSet()
  const knownRoles = roles.findAll().then((all) => new Set(all.map(({ name }) => name)))

  return async function countBatch({ accounts, rejects: unreadable, position }, previous) {
    const { progress } = await previous
    const found = await userTransfer.findByEmails(accounts.map(({ user }) => user.email))
    const users = new Map(found.map((user) => [user.email, user]))
    const [fresh, known] = partition(accounts, ({ user }) => !users.has(user.email) && !seen.has(user.email))
    const [changed, unchanged] = partition(known, (account) => {
      const user = users.get(account.user.email)
      // Whoever stands twice in the source is changed by the second record, however little.
      return user === undefined || changesOf(user, account).length > 0
    })
    for (const { user } of fresh) seen.add(user.email)
    const newRoles = await newOf(accounts.flatMap(({ user }) => user.roles ?? []))
    requireFewRoles(progress, newRoles)
    const outcome = {
      imported: fresh.map((account) => newUserOf(account, now)),
      updated: existing === 'update' ? changed.length : 0,
      unchanged: existing === 'update' ? unchanged.length : 0,
      taken: existing === 'leave' ? known : [],
      rejects: unreadable,
      newRoles,
    }
    const rejectsBytes = await rejects.write(progress.rejectsBytes, linesOf(outcome))
    return { position, progress: advance(progress, outcome, rejectsBytes) }
  }

  async function newOf(names: readonly string[]): Promise<string[]> {
    const known = await knownRoles
    const missing = [...new Set(names)].filter((name) => !known.has(name))
    for (const name of missing) known.add(name)
    return missing
  }
}

function partition(accounts: readonly Account[], test: (account: Account) => boolean): [Account[], Account[]] {
  const { yes = [], no = [] } = Object.groupBy(accounts, (account) => (test(account) ? 'yes' : 'no'))
  return [yes, no]
}
