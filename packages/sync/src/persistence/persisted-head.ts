/** Which layout the entries have. A reader refuses a greater one. */
export const schemaVersion = 1

/** What is said of all entries together. Written anew in every batch, so that it always fits them. */
export interface PersistedHead {
  readonly schema: number
  /** Every timestamp that was given out is smaller or the same. */
  readonly clock: number
  /** How many other entries there are. */
  readonly count: number
  /** The exclusive or of their digests. */
  readonly digest: number
}

const headBytes = 24

/** schema, count, digest: 4 bytes each; clock: 8 bytes, a float; 4 that are zero. All big-endian. */
export function encodeHead(head: PersistedHead): Uint8Array {
  const bytes = new Uint8Array(headBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, head.schema)
  view.setUint32(4, head.count)
  view.setUint32(8, head.digest)
  view.setFloat64(12, head.clock)
  return bytes
}

/** Undefined when it is none; of a later schema only that is read. */
export function decodeHead(bytes: Uint8Array): PersistedHead | undefined {
  if (bytes.length < headBytes) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const clock = view.getFloat64(12)
  if (!Number.isSafeInteger(clock) || clock < 0) return undefined
  return { schema: view.getUint32(0), count: view.getUint32(4), digest: view.getUint32(8), clock }
}
