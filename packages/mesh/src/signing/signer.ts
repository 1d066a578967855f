import type { Environment } from '@ts2p/base'
import { broadcastHeaderHash, directHeaderHash, portableEd25519, portableSha256, signedMessage } from '@ts2p/protocol'
import type { Direct, Broadcast, BroadcastHeader, OwnIdentity, Sha256, SignatureScheme } from '@ts2p/protocol'

/** What a source has signed longer ago may be repeated by a liar, and is not believed of a source that is not known, milliseconds. */
export const freshMs = 300_000

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
  sign(header: BroadcastHeader, statement: Uint8Array): MessageProof {
    const headerHash = broadcastHeaderHash(header, this.#sha256)
    const signature = this.#identity.sign(signedMessage({ networkId: this.#networkId(), headerHash, statement }))
    return { key: this.#identity.key, signature, headerHash, statement }
  }

  /** The proof of a broadcast; undefined if its source has not signed it. */
  verify(broadcast: Broadcast, { flag, channel }: Pick<BroadcastHeader, 'flag' | 'channel'>): MessageProof | undefined {
    const { id, time, count, content, signature, statement } = broadcast
    if (!signature) return undefined
    const headerHash = broadcastHeaderHash({ flag, channel, id, time, count, content }, this.#sha256)
    const message = signedMessage({ networkId: this.#networkId(), headerHash, statement })
    if (!this.#ed25519.verify(signature, message, id.source)) return undefined
    return { key: id.source, signature, headerHash, statement }
  }

  /** Signs a message of this node to one node. */
  signDirect(direct: Direct): Uint8Array {
    return this.#identity.sign(this.#directMessage(direct))
  }

  /** Whether the source has signed a message to one node. */
  isDirectSigned(direct: Direct): boolean {
    const { signature, source } = direct
    return signature !== undefined && this.#ed25519.verify(signature, this.#directMessage(direct), source)
  }

  /** SHA-256 of the content of a message to one node that is to be taken out. */
  hashOf(content: Uint8Array): Uint8Array {
    return this.#sha256(content)
  }

  #directMessage(direct: Direct): Uint8Array {
    const headerHash = directHeaderHash(direct, this.#sha256)
    return signedMessage({ networkId: this.#networkId(), headerHash, statement: new Uint8Array(0) })
  }
}
