import { summaryBucketBytes, summaryBuckets } from '@ts2p/protocol'
import type { Summary } from '@ts2p/protocol'

/**
 * What is awaited of a neighbour: nothing, its answer to our short summary, or its bucket sums in return for ours. Bucket
 * sums that are not awaited, since they came twice or late, are left alone, so no comparison goes round for ever.
 */
export type ComparisonState = 'idle' | 'asked' | 'answered'

/** What to do next: send a summary, send records, or both. */
export interface ComparisonStep {
  readonly state: ComparisonState
  /** A summary with bucket sums is to be sent. */
  readonly sendBuckets: boolean
  /** Records of these buckets are to be sent; undefined: none. */
  readonly sendRecordsOf: ((bucket: number) => boolean) | undefined
}

/**
 * Answers a neighbour's summary.
 *
 * A round: one side sends a short summary (count and root). If the other has the same, that was all. Otherwise it answers
 * with the sums of its 256 buckets, the first with its own, and each sends the records of the buckets that differ.
 */
export function compare(
  state: ComparisonState,
  ours: Summary,
  theirs: Summary,
  ourBuckets: () => Uint8Array,
): ComparisonStep {
  const isSame = ours.count === theirs.count && equal(ours.root, theirs.root)
  if (isSame) return { state: 'idle', sendBuckets: false, sendRecordsOf: undefined }
  const { buckets } = theirs
  if (!buckets) return { state: 'answered', sendBuckets: true, sendRecordsOf: undefined }
  if (state === 'idle') return { state: 'idle', sendBuckets: false, sendRecordsOf: undefined }
  const differing = differingBuckets(ourBuckets(), buckets)
  return { state: 'idle', sendBuckets: state === 'asked', sendRecordsOf: (bucket) => differing.has(bucket) }
}

/** The buckets whose sums differ. */
function differingBuckets(ours: Uint8Array, theirs: Uint8Array): ReadonlySet<number> {
  const differing = new Set<number>()
  for (let bucket = 0; bucket < summaryBuckets; bucket++) {
    const [start, end] = [bucket * summaryBucketBytes, (bucket + 1) * summaryBucketBytes]
    if (!equal(ours.subarray(start, end), theirs.subarray(start, end))) differing.add(bucket)
  }
  return differing
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
