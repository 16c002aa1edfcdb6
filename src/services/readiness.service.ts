import type { AuthorizationFeed } from './authorization-feed.service.ts'
import type { SigningKeyService } from './signing-key.service.ts'

export interface ReadinessDependencies {
  database: () => Promise<{ isReachable: boolean; isMigrated: boolean }>
  feed: Pick<AuthorizationFeed, 'isInContact'>
  keys: Pick<SigningKeyService, 'hasCurrentKey'>
}

/** By check, whether it holds. */
export type Readiness = Record<'database' | 'migrations' | 'feed' | 'signingKeys' | 'shutdown', boolean>

export type ReadinessService = ReturnType<typeof createReadinessService>

/** Whether requests should be sent here, and what speaks against it. */
export function createReadinessService({ database, feed, keys }: ReadinessDependencies) {
  let isLeaving = false

  return { check, leave }

  async function check(): Promise<Readiness> {
    const { isReachable, isMigrated } = await database()
    return {
      database: isReachable,
      migrations: isMigrated,
      feed: feed.isInContact(),
      signingKeys: keys.hasCurrentKey(),
      shutdown: !isLeaving,
    }
  }

  /** A stop is under way: whoever asks from now on is to go elsewhere. */
  function leave(): void {
    isLeaving = true
  }
}
