import { decodeRecords, nodeIdFromKey, ProtocolError } from '@ts2p/protocol'
import type { WireBatch, WireRecord } from '@ts2p/protocol'
import type { MessageProof } from '@ts2p/mesh'
import { binaryFromBytes, millisecondsAhead } from '@ts2p/store'
import type { Change, ApplyResult, RecordProof, Store, StoreRecord } from '@ts2p/store'
import { holdsLease } from '../clocks/early-record-reports.ts'
import type { EarlyRecord } from '../clocks/early-record-reports.ts'
import { recordOf } from './record-batches.ts'
import { withValues } from './valueless-renewals.ts'
import type { Proofs, Verifier } from './verifier.ts'

/** What became of the records of a message. */
export interface AppliedRecords {
  /** What changed in the store. */
  readonly changes: readonly Change[]
  /** Others may want them, even if there is no room here. */
  readonly isNews: boolean
  /** Some are renewals of a version that this node does not have. */
  readonly isIncomplete: boolean
  /** Some were not signed by the owner that they name. */
  readonly isForged: boolean
  /** Those that do not count, or not yet, since they are dated ahead of the clock here. */
  readonly early: readonly EarlyRecord[]
  /** Those of them that were put aside, with their proofs. The clocks of other nodes may be right: they get them at once. */
  readonly putAside: readonly StoreRecord[]
  /** A limit that left no room for a record, if there was one. */
  readonly limitMet: string | undefined
  /** The records for which there was no room. */
  readonly refused: readonly StoreRecord[]
  /** No honest node sends such a message; those of its records before the fault are in the store. */
  readonly error: ProtocolError | undefined
}

/** Takes records from other nodes into the store. */
export class RecordApplier {
  readonly #store: Store
  readonly #networkId: Uint8Array
  /** The store refuses what is dated further ahead. */
  readonly #driftMsRefused: number
  /** Undefined where records are not signed. */
  readonly #verifier: Verifier | undefined

  constructor(options: {
    store: Store
    networkId: Uint8Array
    driftMsRefused: number
    verifier: Verifier | undefined
  }) {
    this.#store = options.store
    this.#networkId = options.networkId
    this.#driftMsRefused = options.driftMsRefused
    this.#verifier = options.verifier
  }

  /**
   * Merges records. A fault in one is a fault of whoever passed it on, since every node checks before it does.
   * @param options.isForwarded - The payload is to travel on as it is if there is news in it: then what is known already is
   *   verified too. Else a liar could have this node pass on what the next one takes for a forgery of this one.
   * @param options.proof - That of the broadcast by which they came.
   * @param options.skipsTooFarAhead - What is dated too far ahead is refused without a look at its signature, since it was reported;
   *   but not if this node holds the lease of its key, nor if the payload is to travel on.
   * @throws {ProtocolError} The payload holds no records, or the subnet's are not signed and these are.
   */
  apply(
    payload: Uint8Array,
    nowMs: number,
    options: {
      readonly isForwarded: boolean
      readonly skipsTooFarAhead?: boolean
      readonly proof?: MessageProof | undefined
    },
  ): AppliedRecords {
    const batches = decodeRecords(payload).map((sent) => {
      const batch = withValues(sent, this.#store, this.#networkId)
      return { batch, proofs: this.#proofsOf(batch, options.proof) }
    })
    const changes: Change[] = []
    let isNews = false
    let isIncomplete = false
    let isForged = false
    const early: EarlyRecord[] = []
    const putAside: StoreRecord[] = []
    let limitMet: string | undefined
    const refused: StoreRecord[] = []
    let error: ProtocolError | undefined
    const maySkip = options.skipsTooFarAhead === true && !options.isForwarded
    try {
      for (const { batch, proofs } of batches) {
        for (const [place, record] of batch.records.entries()) {
          if (error || (maySkip && this.#isSkipped(record, nowMs))) continue
          if (record.id) {
            isIncomplete = true
            if (proofs && !proofs.at(place)) isForged = true
            // Others may have the version before it.
            else isNews = true
            continue
          }
          const received = recordOf(batch, record)
          const result = this.#store.apply(received, nowMs, () => proofs?.at(place))
          if (result.outcome === 'invalid') error = new ProtocolError(`record: ${result.reason}`)
          if (result.outcome === 'accepted') changes.push(result.change)
          if (result.outcome === 'full') {
            limitMet = result.limit
            // What has no room among the records that are put aside has it once it is due, and comes again.
            if (!result.limit.startsWith('quarantine')) refused.push(received)
          }
          if (isEarly(result)) {
            const [key, owner] = [binaryFromBytes(record.key), nodeIdFromKey(batch.owner)]
            early.push({ key, owner, aheadMs: result.aheadMs, isRefused: result.outcome === 'too-far-ahead' })
          }
          if (result.outcome === 'quarantined' && !result.wasKnown)
            putAside.push(withProof(received, proofs?.at(place)))
          // What is early travels on: the holder of its key hears of it, and the clock here may be the wrong one.
          isNews ||= result.outcome === 'accepted' || result.outcome === 'full' || isEarly(result)
          isForged ||= result.outcome === 'forged'
        }
      }
      if (isNews && options.isForwarded && !error) isForged ||= batches.some(({ proofs }) => proofs && !proofs.at(0))
    } finally {
      for (const { proofs } of batches) proofs?.release()
    }
    return { changes, isNews, isIncomplete, isForged, early, putAside, limitMet, refused, error }
  }

  #isSkipped({ timestamp, key }: WireRecord, nowMs: number): boolean {
    if (millisecondsAhead(timestamp, nowMs) <= this.#driftMsRefused) return false
    return !holdsLease(this.#store, binaryFromBytes(key), nowMs)
  }

  #proofsOf(batch: WireBatch, proof: MessageProof | undefined): Proofs | undefined {
    if (!this.#verifier && batch.proof) throw new ProtocolError('batch: signed, on a subnet of unsigned records')
    return this.#verifier?.proofs(batch, proof)
  }
}

/** A record with a proof that outlasts those of its message. */
function withProof(record: StoreRecord, proof: RecordProof | undefined): StoreRecord {
  return { ...record, proof: proof && { ...proof, batch: proof.batch.alone(proof.index) } }
}

/** Whether a record is dated ahead of the clock here, and that is news. */
function isEarly(result: ApplyResult): result is Extract<ApplyResult, { readonly aheadMs: number }> {
  return result.outcome === 'too-far-ahead' || (result.outcome === 'quarantined' && !result.wasKnown)
}
