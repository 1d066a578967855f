import type { MessageProof } from '@ts2p/mesh'
import { batchMessage, batchStatement, equalBytes } from '@ts2p/protocol'
import type { WireProof, SignatureScheme, WireBatch } from '@ts2p/protocol'
import { binaryFromBytes, recordId, SignedBatch } from '@ts2p/store'
import type { BinaryString, RecordProof } from '@ts2p/store'
import { recordOf } from './record-batches.ts'

/** How many batches are kept at hand: their other parts are often next, and need no second verification. */
const batchesMax = 64

/** The proofs of a batch that came. Until they are released the batch keeps all that they need. */
export interface Proofs {
  /** The proof of the record at a place of what came, undefined if it is none. The batch is verified when the first is asked for. */
  at(place: number): RecordProof | undefined
  release(): void
}

/** Makes proofs of what came with records, if their owner has signed them. */
export class Verifier {
  readonly #networkId: Uint8Array
  readonly #ed25519: SignatureScheme
  /** Verified batches by owner and signature, the oldest first. */
  readonly #known = new Map<BinaryString, SignedBatch>()

  constructor(options: { networkId: Uint8Array; ed25519: SignatureScheme }) {
    this.#networkId = options.networkId
    this.#ed25519 = options.ed25519
  }

  /** The proofs of what came. @param message that of the broadcast by which it came, which was verified */
  proofs(batch: WireBatch, message?: MessageProof): Proofs {
    if (batch.proof && !batch.proof.signature && message) return this.#proofsWith(batch, batch.proof, message)
    return this.#proofs(batch, (found) => this.#verify(batch.owner, found))
  }

  /** As `proofs`, of what was verified before it was kept. */
  trustedProofs(batch: WireBatch): Proofs {
    return this.#proofs(batch, () => true)
  }

  /** Proofs by the signature of the message. */
  #proofsWith(batch: WireBatch, proof: WireProof, { key, signature, headerHash, statement }: MessageProof): Proofs {
    const isStated = ({ size, root }: SignedBatch): boolean =>
      equalBytes(key, batch.owner) && equalBytes(statement, batchStatement(size, root))
    return this.#proofs({ ...batch, proof: { ...proof, signature, headerHash } }, isStated)
  }

  #proofs(batch: WireBatch, isGood: (found: SignedBatch) => boolean): Proofs {
    let isKnown = false
    let found: SignedBatch | undefined
    return {
      at: (place) => {
        if (!isKnown) {
          isKnown = true
          found = this.#find(batch, isGood)
          found?.hold()
        }
        const index = batch.proof?.indices[place]
        return found && index !== undefined ? { batch: found, index } : undefined
      },
      release: () => found?.letGo(),
    }
  }

  #find(batch: WireBatch, isGood: (found: SignedBatch) => boolean): SignedBatch | undefined {
    const { owner, records, proof } = batch
    const signature = proof?.signature
    if (!signature) return undefined
    const ids = records.map((record) =>
      record.id ? binaryFromBytes(record.id) : recordId(recordOf(batch, record), this.#networkId),
    )
    const found = SignedBatch.fromProof({ ...proof, signature, ids })
    if (!found) return undefined
    const name = binaryFromBytes(owner) + binaryFromBytes(signature)
    const known = this.#known.get(name)
    // The same signature beside another root proves nothing of it.
    if (known?.isSameAs(found)) {
      known.absorb(found)
      return known
    }
    if (!isGood(found)) return undefined
    this.#remember(name, found)
    return found
  }

  #verify(owner: Uint8Array, { signature, headerHash, size, root }: SignedBatch): boolean {
    return this.#ed25519.verify(signature, batchMessage(this.#networkId, size, root, headerHash), owner)
  }

  #remember(name: BinaryString, batch: SignedBatch): void {
    if (batch.size === 1) return
    for (const oldest of this.#known.keys()) {
      if (this.#known.size < batchesMax) break
      this.#known.delete(oldest)
    }
    this.#known.set(name, batch)
  }
}
