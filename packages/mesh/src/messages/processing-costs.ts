/**
 * What the parts of messages cost, in microseconds of processor time. What a neighbor itself sends is charged to the link (see
 * `Connection.charge`), what others have signed to its source (see `SourceBudgets`).
 * Measured by `pnpm bench:hostile` on a virtual machine with two cores, at a few frames a second: with cold caches and garbage collection.
 */
export const costs = {
  /** Each range of sequences in `notify`, `resend` and `prune`: to decode it, and to find its source. */
  receivedRange: 4,
  /** A source that this node has not met. */
  newSource: 50,
  /** A range of `notify` that this node lacks: the timer looks at it several times, and it is asked for. */
  missing: 8,
  /** Each range that is served, and each message in the cache that is compared with the ranges of its source. */
  servedRange: 0.5,
  keptBroadcast: 0.1,
  /** Each message that is sent again, each KiB of it, and each KiB that is compressed for that. */
  sentBroadcast: 10,
  sentKibibyte: 2,
  compressedKibibyte: 30,
  /** Each source whose messages are sent to a neighbor that wants those of all. */
  graft: 0.2,
  /**
   * Each broadcast or direct message that its source has signed: less than it takes to verify it and to pass it on, about 300, since honest
   * sources send a thousand a second. New sources pay `newTimes` as much (see `SourceBudgets`).
   */
  signed: 40,
  /** Each message in it, and each KiB. */
  message: 2,
  kibibyte: 1,
  /** Each message that is dropped, because its source is over its budget or its link brings too many sources. Four times the measured cost. */
  dropped: 60,
  /** Each node in a list of nodes. */
  peerRecord: 20,
} as const

/** Payloads of fewer bytes are not compressed. */
const compressBytesMin = 2048

/** What is charged to the source of messages, microseconds. */
export function messageWork({ count, content }: { count: number; content: { readonly length: number } }): number {
  return costs.signed + count * costs.message + (content.length / 1024) * costs.kibibyte
}

/** What it costs to send a message from the cache again, microseconds. This node compresses its own (of 0 hops) each time. */
export function sendingWork({ hops, payload }: { hops: number; payload: { readonly length: number } }): number {
  const isCompressed = hops === 0 && payload.length >= compressBytesMin
  const eachKibibyte = costs.sentKibibyte + (isCompressed ? costs.compressedKibibyte : 0)
  return costs.sentBroadcast + (payload.length / 1024) * eachKibibyte
}
