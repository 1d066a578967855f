import { type RecordProof, SignedBatch } from './signed-batch.ts'

/**
 * A store's own copies of the batches of other stores. A batch counts which of its records its store keeps, and drops the hashes that
 * those do not need: two stores with one batch would drop each other's.
 */
export class BatchCache {
  readonly #copies = new WeakMap<SignedBatch, SignedBatch>()

  /** The same proof, by a batch that no other store has. */
  proofOf({ batch, index }: RecordProof): RecordProof {
    const part = batch.alone(index)
    const copy = this.#copies.get(batch)
    if (!copy) this.#copies.set(batch, part)
    else copy.absorb(part)
    return { batch: copy ?? part, index }
  }
}
