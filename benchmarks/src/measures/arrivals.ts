import type { DictionaryNode } from '../subjects/node.ts'
import { signal } from '../running/until.ts'

/** Resolves when so many more keys have got a value on a node. */
export function arrivals(node: DictionaryNode, count: number): Promise<void> {
  const { given, give } = signal()
  let updates = 0
  node.onUpdate(() => {
    updates += 1
    if (updates === count) give()
  })
  return given
}
