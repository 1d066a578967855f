import type { BinaryString } from '@ts2p/store'

/** What is persisted of a node. */
export interface PersistableReplica {
  readonly networkId: Uint8Array
  /** The greatest timestamp in use. */
  readonly latestTimestamp: number
  /** How much too early the saved contact time may be while nothing changes, milliseconds. */
  readonly contactPrecisionMs: number
  /** No timestamp above this one may be given out. */
  onReserved(timestamp: number): void
  /** The records of a key, encoded; undefined if there are none. */
  encodedRecords(key: BinaryString): Uint8Array | undefined
}
