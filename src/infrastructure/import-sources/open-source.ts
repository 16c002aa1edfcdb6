import type { NamedSource } from '../../services/import/import-request.ts'
import type { ImportSource } from '../../services/import/import-source.ts'
import { openCsvSource } from './csv-source.ts'
import { openFirebaseSource } from './firebase-source.ts'
import { openKeycloakSource } from './keycloak-source.ts'
import { openNdjsonSource } from './ndjson-source.ts'

/** Throws where there is nothing that can be read, with a message for the person who named it. */
export function openSource(source: NamedSource): Promise<ImportSource> {
  switch (source.kind) {
    case 'csv':
      return openCsvSource(source)
    case 'ndjson':
      return openNdjsonSource(source)
    case 'keycloak':
      return openKeycloakSource(source)
    case 'firebase':
      return openFirebaseSource(source)
  }
}
