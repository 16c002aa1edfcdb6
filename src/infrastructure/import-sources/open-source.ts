import type { NamedSource } from '../../services/import/import-request.ts'
import type { ImportSource } from '../../services/import/import-source.ts'
import { openCsvSource } from './csv-source.ts'
import { openBetterAuthSource } from './database/better-auth-source.ts'
import { openSequelizeSource } from './database/sequelize-source.ts'
import { openSupabaseSource } from './database/supabase-source.ts'
import { openFirebaseSource } from './firebase-source.ts'
import { openKeycloakSource } from './keycloak-source.ts'
import { openNdjsonSource } from './ndjson-source.ts'

/**
 * Tables of a dump are put into temporary ones at `scratchUrl`. Throws where there is nothing that can be read, with a
 * message for the person who named it.
 */
export function openSource(source: NamedSource, scratchUrl: string): Promise<ImportSource> {
  switch (source.kind) {
    case 'csv':
      return openCsvSource(source)
    case 'ndjson':
      return openNdjsonSource(source)
    case 'keycloak':
      return openKeycloakSource(source)
    case 'firebase':
      return openFirebaseSource(source)
    case 'better-auth':
      return openBetterAuthSource({ from: source.location, scratchUrl })
    case 'supabase':
      return openSupabaseSource({ from: source.location, scratchUrl })
    case 'sequelize':
      return openSequelizeSource({ ...source, from: source.location, scratchUrl })
  }
}
