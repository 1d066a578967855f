import { encodeReconciliation } from '@ts2p/protocol'
import type { ReconciliationMessage } from '@ts2p/protocol'
import type { BinaryString, Cut, Store, StoreRecord } from '@ts2p/store'
import type { Outgoing } from './link-streams.ts'
import type { OutgoingRecord } from './record-batches.ts'
import { packRecords, recordBytesMax } from './record-payload.ts'
import type { RecordPayload } from './record-payload.ts'

/** Bytes of records in one message of a comparison: small, so that other messages get through in between. */
const streamBytes = 64 * 1024

/** Signs records, and makes messages of them. */
export class RecordMessageBuilder {
  readonly #store: Store
  readonly #isSigned: boolean
  readonly #sign: (options?: { readonly regroup: boolean }) => void
  readonly #bytesMax: number

  /** @param options.sign signs what this node has written since it was last called */
  constructor(options: {
    store: Store
    isSigned: boolean
    limits: { frameBytesMax: number }
    sign: (options?: { readonly regroup: boolean }) => void
  }) {
    this.#store = options.store
    this.#isSigned = options.isSigned
    this.#sign = options.sign
    this.#bytesMax = recordBytesMax(options.limits)
  }

  /** Payloads for a broadcast, as long as fit into a frame. What has no signature yet is signed with the broadcast. */
  broadcasts(records: Iterable<OutgoingRecord>): Iterable<RecordPayload> {
    this.#sign()
    return packRecords(records, { bytesMax: this.#bytesMax, isSigned: this.#isSigned, canShare: true })
  }

  /** Payloads for one neighbor. */
  *payloads(records: Iterable<StoreRecord>): Generator<Uint8Array, void, undefined> {
    const bytesMax = Math.min(streamBytes, this.#bytesMax)
    for (const { bytes } of packRecords(records, { bytesMax, isSigned: this.#isSigned })) yield bytes
  }

  /** Messages of records, each made and signed when it is sent; and then one of a comparison. */
  *stream(
    records: Iterable<StoreRecord>,
    last?: () => ReconciliationMessage | undefined,
  ): Generator<Outgoing, void, undefined> {
    const payloads = this.payloads(records)
    for (;;) {
      this.#sign()
      const next = payloads.next()
      if (next.done) break
      yield { kind: 'records', payload: next.value }
    }
    const message = last?.()
    if (message) yield { kind: 'reconciliation', payload: encodeReconciliation(message) }
  }

  /** The same, of all that the keys hold. */
  streamOf(
    keys: Iterable<BinaryString> | { readonly allBut: Cut },
    last: () => ReconciliationMessage | undefined,
  ): Generator<Outgoing, void, undefined> {
    if (!('allBut' in keys)) return this.stream(this.#recordsAt(keys), last)
    this.#sign({ regroup: true })
    return this.stream(this.#store.records(keys.allBut), last)
  }

  *#recordsAt(keys: Iterable<BinaryString>): Generator<StoreRecord, void, undefined> {
    for (const key of keys) yield* this.#store.held.advertisedRecordsOf(key)
  }
}
