import type { Container } from './container.ts'
import { beginBulkLoading } from './infrastructure/bulk-loading.ts'
import { openSource } from './infrastructure/import-sources/open-source.ts'
import { createRejectsFile } from './infrastructure/rejects-file.ts'
import { createReadUser, presentReject } from './schemas/imported-user.schema.ts'
import type { ImportReport } from './services/import/import.service.ts'
import type { ImportRequest, OnProgress } from './services/import/import-request.ts'

/** Imports what the request names. Throws where it cannot be read, with a message for the person who named it. */
export async function importUsers(
  { config, imports }: Container,
  { source: named, roleNames, rejectsFile, ...request }: ImportRequest,
  onProgress: OnProgress,
): Promise<ImportReport> {
  const source = await openSource(named, config.databaseDirectUrl)
  try {
    await using _loading = request.dryRun ? null : await beginBulkLoading(config.databaseDirectUrl)
    return await imports.run(source, {
      ...request,
      sourceName: named.kind,
      readUser: createReadUser(new Map(roleNames)),
      reading: roleNames,
      rejects: createRejectsFile(rejectsFile, 'path' in named ? named.path : named.location, presentReject),
      onProgress: ({ read, users }) => onProgress({ done: read, of: source.size, users }),
    })
  } finally {
    await source.close()
  }
}
