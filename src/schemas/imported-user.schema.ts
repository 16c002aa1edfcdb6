import { z } from 'zod'
import type { Reject } from '../services/import/account.ts'
import type { ImportedUser, ReadUser } from '../services/import/imported-user.ts'
import type { ExportedUser } from '../services/user-export.service.ts'
import { email, personName, text } from './fields.ts'
import { newRole } from './role.schema.ts'
import { safeJson } from './safe-json.ts'
import { status } from './user.schema.ts'

const SHOWN_CHARACTERS = 100
const INSTANT_MESSAGE = 'must be an ISO 8601 time with its zone, such as 2026-11-20T10:30:00Z'

/** Ids begin with the milliseconds since 1970. */
const past = z.iso
  .datetime({ offset: true, error: INSTANT_MESSAGE })
  .transform((instant) => new Date(instant))
  .refine((instant) => instant.getTime() >= 0, 'must not be before 1970')
  .refine((instant) => instant.getTime() <= Date.now(), 'must not be in the future')

const name = z
  .string('must be a string')
  .transform((given) => given.trim() || null)
  .pipe(personName.nullable())

/** Old names on the left, those of here on the right; null where a role is to be left out. */
export type RoleNames = ReadonlyMap<string, string | null>

/** One line of NDJSON, one row of CSV, and what the accounts of every other system are made into. */
function importedUser(roleNames: RoleNames) {
  return z.strictObject({
    email,
    name: name.nullish(),
    passwordHash: z.string('must be a string').nullish(),
    passwordForm: z.enum(['raw', 'nfkc', 'gatehouse'], 'must be raw, nfkc or gatehouse').default('raw'),
    roles: z
      .array(text(1, 200), 'must be a list of names')
      .transform((names) => renamed(names, roleNames))
      .check(({ value, issues }) => {
        const unknown = value.find((role) => !newRole.shape.name.safeParse(role).success)
        if (unknown === undefined) return
        const message = `has "${unknown}", which cannot be a role here: --map-role "${unknown}=…" names another`
        issues.push({ code: 'custom', message, input: value })
      })
      .optional(),
    status: status.optional(),
    emailVerified: z.union([z.boolean(), past], 'must be true, false or an ISO 8601 time').optional(),
    createdAt: past.optional(),
    /** Of an export: here a new one is given. */
    id: z.string().optional(),
  })
}

export function createReadUser(roleNames: RoleNames): ReadUser {
  const schema = importedUser(roleNames)
  return (record) => {
    const { success, data, error } = schema.safeParse(record)
    if (success) return { user: data satisfies ImportedUser }
    const [issue] = error.issues
    return { problem: issue ? explain(issue) : 'is not an account' }
  }
}

/** A line of newline-delimited JSON. */
export const presentReject = ({ number, line, email, reason }: Reject): string =>
  `${safeJson({ number, line, email, reason })}\n`

/** What another Gatehouse imports as it is, and anybody else can read. */
export function presentExportedUser({
  id,
  email,
  name,
  passwordHash,
  passwordForm,
  roles,
  status,
  emailVerifiedAt,
  createdAt,
}: ExportedUser) {
  return {
    id,
    email,
    name,
    passwordHash,
    passwordForm,
    roles,
    status,
    emailVerified: emailVerifiedAt?.toISOString() ?? false,
    createdAt: createdAt.toISOString(),
  }
}

function renamed(names: readonly string[], roleNames: RoleNames): string[] {
  return [...new Set(names.map((given) => (roleNames.has(given) ? roleNames.get(given) : given)))].filter(
    (role) => typeof role === 'string',
  )
}

function explain({ code, path, message, ...issue }: z.core.$ZodIssue): string {
  if (code === 'unrecognized_keys')
    return `has a field that nobody knows: ${'keys' in issue && issue.keys.join(', ').slice(0, SHOWN_CHARACTERS)}`
  return `${path.join('/')} ${message}`
}
