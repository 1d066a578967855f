import { equalBytes, identityFromSeed, nodeKeyBytes, seedBytes } from '@ts2p/protocol'
import type { OwnIdentity, SignatureScheme } from '@ts2p/protocol'

/** What is kept of who a node is: the secret of an identity that was made here, or the public key of one that was given. */
export type KeptIdentity =
  | { readonly kind: 'made'; readonly seed: Uint8Array }
  | { readonly kind: 'given'; readonly key: Uint8Array }

/** One byte for the kind, and 32. */
export function encodeIdentity(kept: KeptIdentity): Uint8Array {
  return kept.kind === 'made' ? Uint8Array.of(1, ...kept.seed) : Uint8Array.of(2, ...kept.key)
}

/** @throws {RangeError} The bytes are no identity. */
export function decodeIdentity(bytes: Uint8Array): KeptIdentity {
  const [kind, ...rest] = bytes
  if (kind === 1 && rest.length === seedBytes) return { kind: 'made', seed: Uint8Array.from(rest) }
  if (kind === 2 && rest.length === nodeKeyBytes) return { kind: 'given', key: Uint8Array.from(rest) }
  throw new RangeError('It is neither the secret nor the public key of an identity.')
}

/**
 * Who a node is that comes back: as it was, if it was made here; else it must be given again, since its secret was not ours
 * to keep. Undefined: somebody else, or nobody, was given.
 */
export function identityAgain(
  kept: KeptIdentity,
  given: OwnIdentity | undefined,
  ed25519: SignatureScheme | undefined,
): OwnIdentity | undefined {
  if (kept.kind === 'given') return given && equalBytes(given.key, kept.key) ? given : undefined
  const made = identityFromSeed(kept.seed, ed25519)
  return !given || equalBytes(given.key, made.key) ? made : undefined
}
