import { resolve } from 'node:path'

/**
 * A file as whoever typed its name means it. `npm run` changes to the folder of package.json first, and says in INIT_CWD
 * where that person is.
 */
export function resolveFile(name: string, { npm_lifecycle_event: script, INIT_CWD: typedIn } = process.env): string {
  return resolve(script === 'gatehouse' ? (typedIn ?? '') : '', name)
}
