import type { ImportSource } from '../../services/import/import-source.ts'
import { readFirebaseHashConfig } from './firebase-hash-config.ts'
import { firebaseUser } from './firebase-user.ts'
import { createJsonSource } from './json-source.ts'
import { openSourceFile } from './source-file.ts'

export interface FirebaseOptions {
  path: string
  /** A file with the project's hash parameters. Needed where there are passwords. */
  hashConfigPath?: string | undefined
}

/** What `firebase auth:export users.json` writes. */
export async function openFirebaseSource({ path, hashConfigPath }: FirebaseOptions): Promise<ImportSource> {
  const config = hashConfigPath === undefined ? null : await readFirebaseHashConfig(hashConfigPath)
  const file = await openSourceFile(path)
  const source = await createJsonSource(file, firebaseUser(config), 'firebase', config)
  if (config === null) await requireNoHashes(source)
  return source
}

/** Before anybody is imported without a password. */
async function requireNoHashes(source: ImportSource): Promise<void> {
  try {
    for await (const _ of source.read(null));
  } catch (error) {
    await source.close()
    throw error
  }
}
