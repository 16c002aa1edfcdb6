import fc from 'fast-check'
import { type Change, changesBy } from './change.ts'
import type { Draft } from './draft.ts'
import { strangeTexts, strangeValues } from './strange.ts'

const KEYS = ['__proto__', 'constructor', 'id', 'roles', 'isAdmin', 'passwordHash', 'createdAt']

/** A field that is missing, new, or of another kind; or no object at all. */
export function bodyChanges(): fc.Arbitrary<Change> {
  const changed = changesBy(fc.tuple(fc.nat(), strangeValues()), (draft, [index, value]) =>
    withFields(draft, (entries) =>
      entries.map((entry, at) => (at === index % entries.length ? [entry[0], value] : entry)),
    ),
  )
  const dropped = changesBy(fc.nat(), (draft, index) =>
    withFields(draft, (entries) => entries.filter((_, at) => at !== index % entries.length)),
  )
  const added = changesBy(
    fc.tuple(fc.oneof(fc.constantFrom(...KEYS), strangeTexts()), strangeValues()),
    (draft, entry) => withFields(draft, (entries) => [...entries, entry]),
  )
  const replaced = changesBy(strangeValues(), (draft, json) => ({ ...draft, body: { json } }))
  return fc.oneof({ arbitrary: changed, weight: 5 }, dropped, added, replaced)
}

const BYTES = ['\xff', '\xc0\xaf', '\xed\xa0\x80', '\0', '\\ud800', '1e400', ',', '/**/', "'", '\n']

const ALTERATIONS: readonly ((json: string) => string)[] = [
  // The first key twice.
  (json) => json.replace(/^\{("[^"]*":)/, '{$1null,$1'),
  (json) => `\xef\xbb\xbf${json}`,
  (json) => json.slice(0, -1),
  (json) => json + json,
  (json) => `[${json}]`,
  (json) => json.replaceAll('"', "'"),
  (json) => Buffer.from(json, 'utf16le').toString('latin1'),
  (json) => `${' '.repeat(20_000)}${json}`,
  (json) => `${'{"a":'.repeat(3000)}${json}${'}'.repeat(3000)}`,
  (json) => `{"__proto__":${json}}`,
  () => '',
]

/** JSON that is not quite JSON, or that two readers read in two ways. */
export function byteChanges(): fc.Arbitrary<Change> {
  const inserted = changesBy(fc.tuple(fc.nat(), fc.constantFrom(...BYTES)), (draft, [index, bytes]) =>
    withText(draft, (json) => {
      const at = index % (json.length + 1)
      return json.slice(0, at) + bytes + json.slice(at)
    }),
  )
  return fc.oneof(inserted, changesBy(fc.constantFrom(...ALTERATIONS), withText))
}

type Entry = [name: string, value: unknown]

const jsonOf = ({ body }: Draft): unknown => (body && 'json' in body ? body.json : {})

/** Made of entries: to assign to `__proto__` would not make a field of it. */
const withFields = (draft: Draft, change: (entries: Entry[]) => Entry[]): Draft => ({
  ...draft,
  body: { json: Object.fromEntries(change(Object.entries(Object(jsonOf(draft))))) },
})

const withText = (draft: Draft, change: (json: string) => string): Draft => ({
  ...draft,
  body: { bytes: change(Buffer.from(JSON.stringify(jsonOf(draft))).toString('latin1')) },
})
