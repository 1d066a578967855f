import type { DictionaryNode } from '../subjects/node.ts'
import { until } from '../running/until.ts'

/** Two nodes that are linked. */
export async function linkedPair(
  create: () => Promise<DictionaryNode>,
): Promise<readonly [DictionaryNode, DictionaryNode]> {
  const [a, b] = [await create(), await create()]
  await b.connect(a.port)
  await until('the nodes are linked', () => a.links() === 1 && b.links() === 1)
  return [a, b]
}
