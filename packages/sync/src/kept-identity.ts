import { identityFromKey } from '@ts2p/protocol'
import type { Identity } from '@ts2p/protocol'

/** An identity as it is kept. */
export function encodeIdentity(identity: Identity): Uint8Array {
  return identity.key
}

/** @throws {RangeError} The bytes are no identity. */
export function decodeIdentity(bytes: Uint8Array): Identity {
  return identityFromKey(bytes)
}
