import type { Figures } from '../case.ts'
import { sampleBytes, sampleKeys } from '../samples.ts'
import type { DictionaryNode } from '../subjects/node.ts'
import { signal, until } from '../until.ts'

/** Keys are set on one node, one by one in one turn: the time until another that is linked with it has them all. */
export async function measureSpread(count: number, create: () => Promise<DictionaryNode>): Promise<Figures> {
  const [a, b] = [await create(), await create()]
  await b.connect(a.port)
  await until('the nodes are linked', () => a.links() === 1 && b.links() === 1)
  const entries = sampleKeys(count).map((key) => [key, sampleBytes()] as const)
  const { given, give } = signal()
  let updates = 0
  b.onUpdate(() => {
    updates += 1
    if (updates === count) give()
  })
  const startedAt = performance.now()
  for (const [key, value] of entries) a.set(key, value)
  await given
  const ms = performance.now() - startedAt
  if (b.size() !== count) throw new Error(`${b.size()} keys arrived, not ${count}`)
  return { ms }
}
