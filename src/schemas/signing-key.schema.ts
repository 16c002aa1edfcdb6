import type { SigningKeyRow } from '../repositories/signing-key.repository.ts'

/** A signing key without what it is made of, for operators. */
export function presentSigningKey({ kid, state, createdAt, activatedAt, retiredAt }: SigningKeyRow) {
  return {
    kid,
    state,
    createdAt: createdAt.toISOString(),
    activatedAt: activatedAt?.toISOString() ?? null,
    retiredAt: retiredAt?.toISOString() ?? null,
  }
}
