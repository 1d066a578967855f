import type { OtherNode } from '../wire.ts'

/** Ids in all answers of a snapshot: at most 50 bytes each, so that a snapshot has less than a megabyte of them. */
const idsMax = 18_432

/**
 * What a snapshot shows of the answers of other nodes. Members may lie, and 128 answers of the greatest size would be 48 MB a second. Links
 * come before trees, and small answers before large ones: of those that do not fit, the trees are left out, then the whole answer.
 */
export function answersWithinBudget(answers: readonly OtherNode[]): OtherNode[] {
  let left = idsMax
  const fitting = (sizeOf: (answer: OtherNode) => number): ReadonlySet<OtherNode> => {
    const fits = (answer: OtherNode): boolean => {
      if (sizeOf(answer) > left) return false
      left -= sizeOf(answer)
      return true
    }
    return new Set(answers.toSorted((x, y) => sizeOf(x) - sizeOf(y)).filter(fits))
  }
  const [withLinks, withTrees] = [fitting(idsInLinks), fitting(idsInTrees)]
  return answers
    .filter((answer) => withLinks.has(answer))
    .map((answer) => (withTrees.has(answer) ? answer : { ...answer, trees: [] }))
}

function idsInLinks({ links }: OtherNode): number {
  return 1 + links.length
}

function idsInTrees({ trees }: OtherNode): number {
  return trees.reduce((sum, { eager, lazy }) => sum + 2 + eager.length + lazy.length, 0)
}
