import type { Figures } from '../running/case.ts'
import { sampleKeys } from '../running/samples.ts'
import type { Dictionary } from '../subjects/dictionary.ts'
import { bytesInUse } from './bytes-in-use.ts'

/** Fills a dictionary that is alone: the memory that stays taken, per key. */
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
