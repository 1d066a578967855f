import type { Figures } from '../running/case.ts'
import { sampleBytes, sampleKeys } from '../running/samples.ts'
import type { DictionaryNode } from '../subjects/node.ts'
import { arrivals } from './arrivals.ts'
import { bytesInUse } from './bytes-in-use.ts'
import { linkedPair } from './linked-pair.ts'

/** Fills the dictionary of two linked nodes, one of which writes: the memory that stays taken, per key and node. */
export async function measureHeapLinked(count: number, create: () => Promise<DictionaryNode>): Promise<Figures> {
  const [a, b] = await linkedPair(create)
  const warm = arrivals(b, 1)
  a.set('first', sampleBytes())
  await warm
  const before = await bytesInUse()
  const all = arrivals(b, count)
  for (const key of sampleKeys(count)) a.set(key, sampleBytes())
  await all
  const bytes = (await bytesInUse()) - before
  if (a.size() !== b.size()) throw new Error(`${b.size()} keys arrived, not ${a.size()}`)
  return { bytesPerKey: bytes / count / 2 }
}
