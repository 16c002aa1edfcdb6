import { joinNames, textOf, textsIn } from '../account-fields.ts'
import { type Reading, readable, unreadable } from '../reading.ts'
import type { Row } from './database-source.ts'
import { instantOf, truthOf, verifiedOf } from './row-values.ts'
import { plainName } from './source-table.ts'

const SAYS_NO = /^(is)?(disabled|banned|blocked)$/
const STATUSES: Record<string, string> = {
  ...{ active: 'active', enabled: 'active' },
  ...{ inactive: 'disabled', disabled: 'disabled', banned: 'disabled', blocked: 'disabled', suspended: 'disabled' },
}

/** An account of a tutorial's table. `statusColumn` says what a yes in it means. */
export function sequelizeUser(row: Row, statusColumn: string | undefined): Reading {
  if (row['deletedAt']) return unreadable('It is deleted.', row)
  return readable({
    email: row['email'] || undefined,
    name: joinNames(row['firstName'], row['lastName']) ?? textOf(row['name']) ?? null,
    passwordHash: row['password'] || null,
    roles: rolesOf(row),
    status: statusOf(row['status'], statusColumn ?? ''),
    emailVerified: verifiedOf(row['verified']),
    createdAt: instantOf(row['created']),
  })
}

/** What is not known is left as it is, and so rejected: nobody is let in by a guess. */
function statusOf(text: string | null | undefined, column: string): string {
  if (text === null || text === undefined) return 'active'
  const truth = truthOf(text)
  if (truth === null) return STATUSES[text.toLowerCase()] ?? text
  return truth === SAYS_NO.test(plainName(column)) ? 'disabled' : 'active'
}

/** Undefined where the tables know of none. */
function rolesOf({ role, roleNames, isAdmin }: Row): string[] | undefined {
  if (role === undefined && roleNames === undefined && isAdmin === undefined) return undefined
  return [...new Set([...rolesIn(role), ...namesIn(roleNames), ...(truthOf(isAdmin) ? ['admin'] : [])])]
}

/** One name, several with commas, or a list as PostgreSQL or JSON writes it. */
function rolesIn(text: string | null | undefined): string[] {
  if (!text) return []
  if (text.startsWith('[')) return namesIn(text)
  return textsIn(text.replaceAll(/[{}"]/g, '').split(','))
}

function namesIn(text: string | null | undefined): string[] {
  try {
    return textsIn(JSON.parse(text ?? '[]'))
  } catch {
    return textsIn(text)
  }
}
