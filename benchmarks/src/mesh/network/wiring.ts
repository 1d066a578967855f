import type { MeshSubject } from './mesh-node.ts'

/** Links of a node of the random graph: as many as ours and gossipsub want. */
const linksPerNode = 6

/** Who dials whom, by index. */
export type Edge = readonly [from: number, to: number]

/** The links of a network of so many nodes. */
export function edgesOf(wiring: MeshSubject['wiring'], nodes: number, seed: number): readonly Edge[] {
  if (wiring.kind === 'graph') return graphOf(nodes, seed)
  return Array.from({ length: nodes - 1 }, (_, index) => [index + 1, Math.floor(index / wiring.children)])
}

/** Cycles through all nodes in random order that have no link in common; every node to every other where they are few. */
function graphOf(nodes: number, seed: number): readonly Edge[] {
  if (nodes <= linksPerNode + 1) {
    const indices = Array.from({ length: nodes }, (_, index) => index)
    return indices.flatMap((from) => indices.slice(0, from).map((to): Edge => [from, to]))
  }
  const random = randomOf(seed)
  for (;;) {
    const cycles = Array.from({ length: linksPerNode / 2 }, () => cycleOf(nodes, random)).flat()
    if (new Set(cycles.map(([a, b]) => Math.min(a, b) * nodes + Math.max(a, b))).size === cycles.length) return cycles
  }
}

function cycleOf(nodes: number, random: () => number): readonly Edge[] {
  const order = Array.from({ length: nodes }, (_, index) => ({ index, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ index }) => index)
  return order.map((from, place) => [from, order[(place + 1) % nodes] ?? 0])
}

/** Mulberry32 (Tommy Ettinger, 2017): the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}
