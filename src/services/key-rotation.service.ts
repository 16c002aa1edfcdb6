import { generateKeyPairSync } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import type { Atomically, Repositories } from '../repositories/repositories.ts'
import type { PublicJwk, SigningKeyRepository, SigningKeyRow } from '../repositories/signing-key.repository.ts'
import { record } from './audit-trail.ts'
import type { Clock } from './clock.ts'
import type { KeySeal } from './key-seal.ts'
import { SERVER } from './origin.ts'

export interface KeyRotationDependencies {
  signingKeys: SigningKeyRepository
  atomically: Atomically
  seal: KeySeal
  clock: Clock
  /** How long a key is published after it stopped signing. */
  keptSeconds: number
}

/** Which key signs now, and which one did until then. */
export interface Rotated {
  from: string
  to: string
}

export type KeyRotationService = ReturnType<typeof createKeyRotationService>

/** How long a key signs. */
const PERIOD_MS = 30 * 24 * 60 * 60 * 1000

/** A node that heard nothing reads the keys again well within this time. */
const ALL_NODES_KNOW_MS = 5_000

/**
 * The life of a signing key: next (published, so that whoever checks tokens knows it before it signs), current (signs),
 * previous (published until the last token that it signed is over), gone. Each step is one transaction behind a lock on
 * the current key: any number of nodes can try, and one that is killed in between has done nothing.
 */
export function createKeyRotationService(dependencies: KeyRotationDependencies) {
  const { signingKeys, atomically, seal, clock, keptSeconds } = dependencies

  return { ensureKeys, reseal, rotate, rotateIfDue, removeRetired, list: signingKeys.findAll }

  /**
   * Makes the keys that are missing. Throws where those that there are cannot be opened: more of them, sealed with
   * another secret, would mend nothing. Callers hold the lock of the database's preparation.
   */
  async function ensureKeys(): Promise<void> {
    await reseal()
    const known = new Set((await signingKeys.findAll()).map(({ state }) => state))
    const missing = (['current', 'next'] as const).filter((state) => !known.has(state))
    if (missing.length === 0) return
    await atomically(async (within) => {
      for (const state of missing) await within.signingKeys.insert(createKey(state))
      await within.revocations.announceKeys()
    })
  }

  /**
   * Seals with the present secret what one before it has sealed, and tells how many keys that were. Nothing else of them
   * changes, so it does not matter who of several nodes comes last.
   */
  async function reseal(): Promise<number> {
    let resealed = 0
    for (const { kid, sealedPrivateKey } of await signingKeys.findAll()) {
      const renewed = seal.reseal(kid, sealedPrivateKey)
      if (!renewed) continue
      await signingKeys.reseal(kid, renewed)
      resealed += 1
    }
    return resealed
  }

  /**
   * Lets the next key sign. Null where another rotation came before in the same moment: then that one is what was
   * wanted. Waits while the next key is so new that a node may not know it.
   */
  async function rotate(): Promise<Rotated | null> {
    const next = (await signingKeys.findAll()).find(({ state }) => state === 'next')
    if (next) await wait(Math.max(0, next.createdAt.getTime() + ALL_NODES_KNOW_MS - clock.now().getTime()))
    return atomically((within) => rotateWithin(within, () => true, 'command'))
  }

  /** Lets the next key sign where the current one has for 30 days. */
  async function rotateIfDue(): Promise<Rotated | null> {
    const dueSince = new Date(clock.now().getTime() - PERIOD_MS)
    const isDue = ({ activatedAt }: SigningKeyRow) => activatedAt !== null && activatedAt <= dueSince
    return atomically((within) => rotateWithin(within, isDue, 'schedule'))
  }

  /** Deletes the keys that nothing valid is signed with any more, and tells how many. */
  async function removeRetired(): Promise<number> {
    const keptSince = new Date(clock.now().getTime() - keptSeconds * 1000)
    return signingKeys.deleteRetired(keptSince)
  }

  async function rotateWithin(
    within: Repositories,
    isDue: (current: SigningKeyRow) => boolean,
    cause: 'command' | 'schedule',
  ): Promise<Rotated | null> {
    const current = await within.signingKeys.lockCurrent()
    if (!current || !isDue(current)) return null
    const next = (await within.signingKeys.findAll()).find(({ state }) => state === 'next')
    if (!next) throw new Error('There is no next signing key: start the server once, which makes it.')
    // With another secret than the servers have, the next key could not be opened by any of them.
    seal.unseal(next.kid, next.sealedPrivateKey)
    const now = clock.now()
    await within.signingKeys.retire(current.kid, now)
    await within.signingKeys.promote(next.kid, now)
    await within.signingKeys.insert(createKey('next'))
    await within.revocations.announceKeys()
    const rotated = { from: current.kid, to: next.kid }
    await record(within, SERVER, { action: 'signing_keys_rotated', subjectId: null, details: { ...rotated, cause } })
    return rotated
  }

  function createKey(state: 'current' | 'next'): SigningKeyRow {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const kid = uuidv7()
    const now = clock.now()
    return {
      kid,
      state,
      publicJwk: publicKey.export({ format: 'jwk' }) as PublicJwk,
      sealedPrivateKey: seal.seal(kid, privateKey.export({ format: 'der', type: 'pkcs8' })),
      createdAt: now,
      activatedAt: state === 'current' ? now : null,
      retiredAt: null,
    }
  }
}
