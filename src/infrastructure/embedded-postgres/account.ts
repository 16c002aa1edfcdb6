import { readFile, stat } from 'node:fs/promises'

/** Who PostgreSQL's own programs run as. */
export interface Account {
  uid: number
  gid: number
}

const UNPRIVILEGED_USERS = ['postgres', 'nobody']

/**
 * PostgreSQL refuses to run as root, so root hands it to an unprivileged account: the owner of the data that is there,
 * else the first known one. Null where this process is not root. Makes no account.
 */
export async function unprivilegedAccount(databaseDir: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const owner = await stat(databaseDir).catch(() => null)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of UNPRIVILEGED_USERS) {
    const entry = lines.find(([user]) => user === name)
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) }
  }
  throw new Error(`PostgreSQL cannot run as root, and there is no user ${UNPRIVILEGED_USERS.join(' or ')} here.`)
}
