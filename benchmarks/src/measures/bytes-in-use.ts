import { setTimeout as delay } from 'node:timers/promises'

/** Time for what is sent off later to be sent and let go, milliseconds. */
const settleMs = 200
const passes = 3

/** Memory that stays taken after garbage collection, on the heap and outside of it. */
export async function bytesInUse(): Promise<number> {
  for (let pass = 0; pass < passes; pass += 1) {
    await delay(settleMs)
    globalThis.gc?.()
  }
  // `external` has the bytes of array buffers in it.
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
