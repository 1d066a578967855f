import type { Environment } from '@ts2p/base'
import { broadcastHeaderHash, portableEd25519, portableSha256, signedMessage } from '@ts2p/protocol'
import type { Flood, FloodHeader, OwnIdentity, Sha256, SignatureScheme } from '@ts2p/protocol'

/** That a source has sent a message, and made a statement with it. */
export interface MessageProof {
  /** The source's public key, 32 bytes. */
  readonly key: Uint8Array
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array
  /** Of the message, 32 bytes. */
  readonly headerHash: Uint8Array
  /** What the layer has stated; empty: nothing. */
  readonly statement: Uint8Array
}

/** Signs the messages of this node, and verifies those of others. */
export class Signer {
  readonly #identity: OwnIdentity
  readonly #networkId: () => Uint8Array
  readonly #ed25519: SignatureScheme
  readonly #sha256: Sha256

  /** @param options.networkId the hash of the subnet; asked for when the first message is signed or verified */
  constructor(options: { identity: OwnIdentity; networkId: () => Uint8Array; environment: Environment }) {
    const { environment } = options
    this.#identity = options.identity
    this.#networkId = options.networkId
    this.#ed25519 = environment.ed25519 ?? portableEd25519
    this.#sha256 = environment.sha256 ?? portableSha256
  }

  /** Signs a broadcast of this node, and a statement of the layer with it. */
  sign(header: FloodHeader, statement: Uint8Array): MessageProof {
    const headerHash = broadcastHeaderHash(header, this.#sha256)
    const signature = this.#identity.sign(signedMessage({ networkId: this.#networkId(), headerHash, statement }))
    return { key: this.#identity.key, signature, headerHash, statement }
  }

  /** The proof of a broadcast; undefined if its source has not signed it. */
  verify(flood: Flood, { flag, channel }: Pick<FloodHeader, 'flag' | 'channel'>): MessageProof | undefined {
    const { id, time, count, content, signature, statement } = flood
    if (!signature) return undefined
    const headerHash = broadcastHeaderHash({ flag, channel, id, time, count, content }, this.#sha256)
    const message = signedMessage({ networkId: this.#networkId(), headerHash, statement })
    if (!this.#ed25519.verify(signature, message, id.origin)) return undefined
    return { key: id.origin, signature, headerHash, statement }
  }
}
