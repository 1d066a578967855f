import { setTimeout as delay } from 'node:timers/promises'
import type { Figures } from '../case.ts'
import { sampleKeys } from '../samples.ts'
import type { Dictionary } from '../subjects/dictionary.ts'

/** Time for what is sent off later to be sent and let go. */
const settleMs = 200

/** Fills a dictionary: the memory that stays taken, per key, on the heap and outside of it. */
export async function measureHeap(
  count: number,
  dictionary: Dictionary<Uint8Array>,
  sample: () => Uint8Array,
): Promise<Figures> {
  // The first write makes what is there once, whatever the number of keys.
  dictionary.set('first', sample())
  const before = await bytesInUse()
  for (const key of sampleKeys(count)) dictionary.set(key, sample())
  const bytes = (await bytesInUse()) - before
  // Used once more, so that it is not let go before.
  dictionary.set('last', sample())
  return { bytesPerKey: bytes / count }
}

async function bytesInUse(): Promise<number> {
  await delay(settleMs)
  for (let pass = 0; pass < 3; pass += 1) {
    globalThis.gc?.()
    await delay(settleMs / 4)
  }
  // `external` has the bytes of array buffers in it.
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
