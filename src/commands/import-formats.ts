import type { Option } from 'commander'
import type { NamedSource } from '../services/import/import-request.ts'
import { resolveFile } from './file-argument.ts'
import type { Leaf } from './leaf.ts'

/** What some formats are told besides. */
export interface SourceOptions {
  hashConfig?: string
}

/** A system, or a kind of file, that users come from. */
export interface Format extends Leaf {
  name: string
  argument: readonly [signature: string, description: string]
  options?: readonly Option[]
  toSource(argument: string, options: SourceOptions): NamedSource
}

const FIELDS = `Fields: email (needed), name, passwordHash, passwordForm, roles, status (active or disabled), emailVerified (true, false,
or since when), createdAt. Times are ISO 8601 with a zone: 2026-11-20T10:30:00Z. Roles that are missing here are made.
A passwordHash is bcrypt ($2a$, $2b$, $2y$), $argon2id$, $scrypt$, $pbkdf2-sha256$ or $fbscrypt$; without one nobody
logs in before "user set-password". passwordForm says what was hashed: raw (the default), nfkc or gatehouse.`

export const FORMATS: readonly Format[] = [
  {
    name: 'csv',
    argument: ['<file>', 'the file'],
    description: 'comma-separated values, whose first line names the fields',
    examples: ['gatehouse import csv users.csv --dry-run', 'gatehouse import csv users.csv --map-role author=editor'],
    notes: `${FIELDS} Roles are joined by semicolons: editor;auditor`,
    toSource: (file) => ({ kind: 'csv', path: resolveFile(file) }),
  },
  {
    name: 'ndjson',
    argument: ['<file>', 'the file'],
    description: 'a JSON object a line, as "export" writes it',
    examples: ['gatehouse import ndjson users.ndjson'],
    notes: FIELDS,
    toSource: (file) => ({ kind: 'ndjson', path: resolveFile(file) }),
  },
  {
    name: 'keycloak',
    argument: ['<file>', 'the file'],
    description: "the JSON file of Keycloak's export",
    examples: ['gatehouse import keycloak realm-export.json --dry-run'],
    notes: 'Made by: kc.sh export --realm myrealm --users realm_file --file realm-export.json',
    toSource: (file) => ({ kind: 'keycloak', path: resolveFile(file) }),
  },
]
