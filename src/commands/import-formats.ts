import { Option } from 'commander'
import { type NamedSource, SEQUELIZE_FIELDS, type SequelizeField } from '../services/import/import-request.ts'
import { resolveFile } from './file-argument.ts'
import type { Leaf } from './leaf.ts'

/** What some formats are told besides. */
export type SourceOptions = { hashConfig?: string; table?: string } & Partial<Record<`${SequelizeField}Column`, string>>

/** A system, or a kind of file, that users come from. */
export interface Format extends Leaf {
  name: string
  argument: readonly [signature: string, description: string]
  options?: readonly Option[]
  toSource(argument: string, options: SourceOptions): NamedSource
}

const FILE = ['<file>', 'the file'] as const
const DATABASE = ['<file|url>', 'a dump of pg_dump, or the URL of the database: postgres://user@host/database'] as const

const FIELDS = `Fields: email (needed), name, passwordHash, passwordForm, roles, status (active or disabled), emailVerified (true,
false, or since when), createdAt. Times are ISO 8601 with a zone: 2026-11-20T10:30:00Z.
A passwordHash is bcrypt ($2a$, $2b$, $2y$), $argon2id$, $scrypt$, $pbkdf2-sha256$ or $fbscrypt$; without one nobody
logs in before "user set-password". passwordForm says what was hashed: raw (the default), nfkc or gatehouse.`

const ON_DATABASES = `A live database is only read, from one snapshot. Its password can stand in the URL; in PGPASSWORD or ~/.pgpass nobody
sees it who lists processes. A dump is plain text, as pg_dump makes it without --format and --inserts.`

const COLUMNS: Record<SequelizeField, string> = {
  id: 'of the id',
  email: 'of the email',
  password: 'of the bcrypt hash',
  name: 'of the name',
  role: 'of the role',
  status: 'that says who may log in',
  verified: 'that says whether or since when the email is verified',
  created: 'of the time of creation',
}

export const FORMATS: readonly Format[] = [
  {
    name: 'csv',
    argument: FILE,
    description: 'comma-separated values, whose first line names the fields',
    examples: ['gatehouse import csv users.csv --dry-run', 'gatehouse import csv users.csv --map-role author=editor'],
    notes: `${FIELDS}
Roles are joined by semicolons: editor;auditor. An empty field says nothing.`,
    toSource: (file) => ({ kind: 'csv', path: resolveFile(file) }),
  },
  {
    name: 'ndjson',
    argument: FILE,
    description: 'a JSON object a line, as "export" writes it',
    examples: ['gatehouse import ndjson users.ndjson'],
    notes: FIELDS,
    toSource: (file) => ({ kind: 'ndjson', path: resolveFile(file) }),
  },
  {
    name: 'better-auth',
    argument: DATABASE,
    description: 'the PostgreSQL database of Better Auth',
    examples: [
      'gatehouse import better-auth postgres://app@db.example.com/app --dry-run',
      'gatehouse import better-auth app.sql',
    ],
    notes: ON_DATABASES,
    toSource: (location) => ({ kind: 'better-auth', location: resolveLocation(location) }),
  },
  {
    name: 'supabase',
    argument: DATABASE,
    description: 'the database of Supabase Auth (auth.users)',
    examples: [
      'gatehouse import supabase "postgres://postgres@db.abcdefgh.supabase.co/postgres?sslmode=require"',
      'gatehouse import supabase auth.sql',
    ],
    notes: ON_DATABASES,
    toSource: (location) => ({ kind: 'supabase', location: resolveLocation(location) }),
  },
  {
    name: 'keycloak',
    argument: FILE,
    description: "the JSON file of Keycloak's export",
    examples: ['gatehouse import keycloak realm.json --dry-run'],
    notes: 'Made by: kc.sh export --realm myrealm --users realm_file --file realm.json',
    toSource: (file) => ({ kind: 'keycloak', path: resolveFile(file) }),
  },
  {
    name: 'firebase',
    argument: FILE,
    options: [
      new Option(
        '--hash-config <file>',
        "the project's hash parameters, as the Firebase console shows them; needed where users have passwords",
      ).argParser((file) => resolveFile(file)),
    ],
    description: "the JSON file of Firebase's export",
    examples: ['gatehouse import firebase users.json --hash-config hash-config.txt'],
    notes: `Made by: firebase auth:export users.json
The parameters are in the console under Authentication, Users, the menu of the list, "Password hash parameters": copy
hash_config { … } into a file.`,
    toSource: (file, { hashConfig }) => ({ kind: 'firebase', path: resolveFile(file), hashConfigPath: hashConfig }),
  },
  {
    name: 'sequelize',
    argument: DATABASE,
    options: [
      new Option('--table <name>', 'the table of the users, where it is not found: users, or app.members'),
      ...SEQUELIZE_FIELDS.map(
        (field) => new Option(`--${field}-column <name>`, `the column ${COLUMNS[field]}, where it is not found`),
      ),
    ],
    description: 'a table of users with bcrypt hashes, as tutorials of Express and Sequelize make it',
    examples: [
      'gatehouse import sequelize postgres://app@localhost/app --dry-run',
      'gatehouse import sequelize app.sql --table members --email-column mail',
    ],
    notes: `Roles are a column of the table, or tables beside it (roles and user_roles).\n${ON_DATABASES}`,
    toSource: (location, { table, ...options }) => ({
      kind: 'sequelize',
      location: resolveLocation(location),
      table,
      columns: columnsOf(options),
    }),
  },
]

const resolveLocation = (location: string): string =>
  /^postgres(ql)?:/.test(location) ? location : resolveFile(location)

function columnsOf(options: SourceOptions): Partial<Record<SequelizeField, string>> {
  return Object.fromEntries(
    SEQUELIZE_FIELDS.flatMap((field) => {
      const name = options[`${field}Column`]
      return name === undefined ? [] : [[field, name]]
    }),
  )
}
