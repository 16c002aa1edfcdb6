import type { ImportSource } from '../../services/import/import-source.ts'
import { createJsonSource } from './json-source.ts'
import { keycloakUser } from './keycloak-user.ts'
import { openSourceFile } from './source-file.ts'

/** A realm as `kc.sh export --users realm_file` writes it, or one of the files of users beside it. */
export async function openKeycloakSource({ path }: { path: string }): Promise<ImportSource> {
  return createJsonSource(await openSourceFile(path), keycloakUser, 'keycloak')
}
