import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { PublicJwk, SigningKeyRepository, SigningKeyRow } from '../repositories/signing-key.repository.ts'
import type { Clock } from './clock.ts'
import type { KeySeal } from './key-seal.ts'

/** A key pair that is ready to use. KeyObjects are parsed once: per call that costs more than the signature. */
export interface SigningKey {
  kid: string
  publicJwk: PublicJwk
  publicKey: KeyObject
  privateKey: KeyObject
}

export interface SigningKeyDependencies {
  signingKeys: SigningKeyRepository
  seal: KeySeal
  clock: Clock
  /** How long a key is published after it stopped signing. */
  keptSeconds: number
}

export type SigningKeyService = ReturnType<typeof createSigningKeyService>

/** The key pairs of the access tokens as this node has them in memory. Their life is in key-rotation.service.ts. */
export function createSigningKeyService({ signingKeys, seal, clock, keptSeconds }: SigningKeyDependencies) {
  let current: SigningKey | undefined
  let activatedAt: Date | null = null
  let published: ReadonlyMap<string, SigningKey> = new Map()

  return {
    load,
    currentKey,
    hasCurrentKey: () => current !== undefined,
    currentAgeSeconds,
    publishedKeys: () => published.values().toArray(),
    isPublished,
  }

  /**
   * Reads all keys into memory. A key that is known keeps its object. Throws where `APP_SECRET` is not the one that
   * they were sealed with.
   */
  async function load(): Promise<void> {
    const keptSince = new Date(clock.now().getTime() - keptSeconds * 1000)
    const rows = (await signingKeys.findAll()).filter(({ retiredAt }) => retiredAt === null || retiredAt > keptSince)
    published = new Map(rows.map((row) => [row.kid, published.get(row.kid) ?? toSigningKey(row)]))
    const row = rows.find(({ state }) => state === 'current')
    current = published.get(row?.kid ?? '')
    activatedAt = row?.activatedAt ?? null
  }

  function currentKey(): SigningKey {
    if (!current) throw new Error('No signing key is loaded.')
    return current
  }

  /** Since the current key began to sign; 0 where there is none. */
  function currentAgeSeconds(): number {
    return activatedAt === null ? 0 : (clock.now().getTime() - activatedAt.getTime()) / 1000
  }

  function isPublished({ kid }: SigningKey): boolean {
    return published.has(kid)
  }

  function toSigningKey({ kid, publicJwk, sealedPrivateKey }: SigningKeyRow): SigningKey {
    return {
      kid,
      publicJwk,
      publicKey: createPublicKey({ key: { ...publicJwk }, format: 'jwk' }),
      privateKey: createPrivateKey({ key: seal.unseal(kid, sealedPrivateKey), format: 'der', type: 'pkcs8' }),
    }
  }
}
