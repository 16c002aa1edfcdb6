import type { CompleteConfig } from '../config/env.ts'
import type { Atomically, Repositories } from './repositories/repositories.ts'
import { createAccessService } from './services/access.service.ts'
import { createAccessTokenService } from './services/access-token.service.ts'
import { createAuthorizationFeed } from './services/authorization-feed.service.ts'
import type { Clock } from './services/clock.ts'
import { createKeyRotationService } from './services/key-rotation.service.ts'
import type { KeySeal } from './services/key-seal.ts'
import { createSigningKeyService } from './services/signing-key.service.ts'

export interface AccessWiring {
  repositories: Repositories
  atomically: Atomically
  seal: KeySeal
  clock: Clock
}

/** A key set that was fetched is used for minutes, and a node may sign for seconds with a key that another retired. */
const KEY_KEPT_SECONDS = 600

/** What makes tokens and checks them: keys, the tokens themselves, and what changed since. */
export function wireAccess(config: CompleteConfig, { repositories, atomically, seal, clock }: AccessWiring) {
  const { signingKeys, revocations } = repositories
  const { accessTtlSeconds, revocationMaxStalenessSeconds: maxStalenessSeconds } = config
  const keptSeconds = accessTtlSeconds + KEY_KEPT_SECONDS
  const keys = createSigningKeyService({ signingKeys, seal, clock, keptSeconds })
  const keyRotation = createKeyRotationService({ signingKeys, atomically, seal, clock, keptSeconds })
  const accessTokens = createAccessTokenService(
    { issuer: config.publicUrl, audience: config.tokenAudience, ttlSeconds: accessTtlSeconds },
    { keys, clock },
  )
  const feed = createAuthorizationFeed({ accessTtlSeconds, maxStalenessSeconds }, { revocations, clock })
  const access = createAccessService({ accessTokens, feed })
  return { keys, keyRotation, accessTokens, feed, access }
}
