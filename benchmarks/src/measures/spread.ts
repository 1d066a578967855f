import type { Figures } from '../running/case.ts'
import { sampleBytes, sampleKeys } from '../running/samples.ts'
import type { DictionaryNode } from '../subjects/node.ts'
import { arrivals } from './arrivals.ts'
import { linkedPair } from './linked-pair.ts'

/** Keys are set on one node, one by one in one turn: the time until another that is linked with it has them all. */
export async function measureSpread(count: number, create: () => Promise<DictionaryNode>): Promise<Figures> {
  const [a, b] = await linkedPair(create)
  const entries = sampleKeys(count).map((key) => [key, sampleBytes()] as const)
  const all = arrivals(b, count)
  const startedAt = performance.now()
  for (const [key, value] of entries) a.set(key, value)
  await all
  const ms = performance.now() - startedAt
  if (b.size() !== count) throw new Error(`${b.size()} keys arrived, not ${count}`)
  return { ms }
}
