import type { Environment } from '@ts2p/base'
import { equalBytes, identityFromSeed, nodeKeyBytes, seedBytes } from '@ts2p/protocol'
import type { OwnIdentity } from '@ts2p/protocol'
import { newIdentity } from '../new-identity.ts'

/** What is saved of who a node is: the secret of an identity that was made here, or the public key of one that was given. */
export type PersistedIdentity =
  | { readonly kind: 'made'; readonly seed: Uint8Array }
  | { readonly kind: 'given'; readonly key: Uint8Array }

/** One byte for the kind, and 32. */
export function encodeIdentity(persisted: PersistedIdentity): Uint8Array {
  return persisted.kind === 'made' ? Uint8Array.of(1, ...persisted.seed) : Uint8Array.of(2, ...persisted.key)
}

/** @throws {RangeError} The bytes are no identity. */
export function decodeIdentity(bytes: Uint8Array): PersistedIdentity {
  const [kind, ...rest] = bytes
  if (kind === 1 && rest.length === seedBytes) return { kind: 'made', seed: Uint8Array.from(rest) }
  if (kind === 2 && rest.length === nodeKeyBytes) return { kind: 'given', key: Uint8Array.from(rest) }
  throw new RangeError('It is neither the secret nor the public key of an identity.')
}

/** Who a node is, and what is to be saved of that if nothing is saved yet. */
export interface ChosenIdentity {
  readonly identity: OwnIdentity
  readonly toSave: PersistedIdentity | undefined
}

/**
 * Chooses the identity of a node. One that was made here comes back from its seed. One that was given must be given again, since its secret
 * was not saved.
 * @returns undefined if another identity was given than the one that is saved, or none where one is needed
 */
export function chooseIdentity(
  saved: PersistedIdentity | undefined,
  given: OwnIdentity | undefined,
  environment: Environment,
): ChosenIdentity | undefined {
  if (!saved && given) return { identity: given, toSave: { kind: 'given', key: given.key } }
  if (!saved) {
    const { identity, seed } = newIdentity(environment)
    return { identity, toSave: { kind: 'made', seed } }
  }
  const made = saved.kind === 'made' ? identityFromSeed(saved.seed, environment.ed25519) : undefined
  const key = saved.kind === 'given' ? saved.key : made?.key
  if (given && key && !equalBytes(given.key, key)) return undefined
  const identity = made ?? given
  return identity && { identity, toSave: undefined }
}
