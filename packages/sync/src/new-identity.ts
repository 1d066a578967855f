import type { Environment } from '@ts2p/base'
import { identityFromSeed, seedBytes } from '@ts2p/protocol'
import type { OwnIdentity } from '@ts2p/protocol'

/** Someone new, and the seed with which to be the same again. */
export function newIdentity(environment: Environment): { identity: OwnIdentity; seed: Uint8Array } {
  const seed = environment.randomBytes(seedBytes)
  return { identity: identityFromSeed(seed, environment.ed25519), seed }
}
