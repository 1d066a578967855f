import { Random } from '@ts2p/simulator'

// Other rules by which a message spreads, as small models over a random graph, beside ours: links of the same delays, the
// same share dying at once. What they lack in detail is in their favor: their links are known and never congested.

/** What a rule makes of one message, sent when a share of the nodes dies. */
interface Outcome {
  readonly reached: number
  readonly expected: number
  readonly lastMs: number
  /** Copies of the payload that a node got besides the first. */
  readonly redundancy: number
}

interface Setting {
  readonly seed: number
  readonly nodes: number
  readonly share: number
}

/** Flooding: to all neighbors but the one that brought it. */
export function floodOf(setting: Setting): Outcome {
  return spread(setting, { links: 8, heartbeatMs: undefined, lazy: 0 })
}

/**
 * Gossipsub 1.1 (Vyzovitis and others, 2020): to the mesh of 6 of the topic; the sender to all. Each second word of
 * what came to 6 others, who ask for what they lack. Links of nodes that died are replaced at the next heartbeat.
 */
export function gossipsubOf(setting: Setting): Outcome {
  return spread(setting, { links: 6, heartbeatMs: 1000, lazy: 6 })
}

function spread(
  { seed, nodes, share }: Setting,
  rule: { readonly links: number; readonly heartbeatMs: number | undefined; readonly lazy: number },
): Outcome {
  const random = new Random(seed)
  const graph = randomGraph(nodes, rule.links, random)
  const dead = new Set(
    random.shuffle(Array.from({ length: nodes - 1 }, (_, index) => index + 1)).slice(0, Math.round(nodes * share)),
  )
  const arrivedAt = new Map<number, number>()
  let copies = 0
  const queue: { readonly at: number; readonly to: number; readonly from: number }[] = [{ at: 0, to: 0, from: -1 }]
  const delay = (): number => 10 + random.float() * 40
  const beats = rule.heartbeatMs === undefined ? 0 : 10
  for (let beat = 0; beat <= beats; beat++) {
    while (queue.length > 0) {
      queue.sort((a, b) => b.at - a.at)
      const next = queue.pop()
      if (!next || dead.has(next.to)) continue
      copies += 1
      if (arrivedAt.has(next.to)) continue
      arrivedAt.set(next.to, next.at)
      for (const neighbor of graph[next.to] ?? []) {
        if (neighbor !== next.from) queue.push({ at: next.at + delay(), to: neighbor, from: next.to })
      }
    }
    if (rule.heartbeatMs === undefined) break
    // Word to some, and an answer: three ways.
    const now = (beat + 1) * rule.heartbeatMs
    for (const [node, at] of [...arrivedAt]) {
      if (at > now) continue
      for (let count = 0; count < rule.lazy; count++) {
        const to = random.integer(0, nodes - 1)
        if (!dead.has(to) && !arrivedAt.has(to)) queue.push({ at: now + 3 * delay(), to, from: node })
      }
    }
  }
  const reached = arrivedAt.size - 1
  const expected = nodes - dead.size - 1
  return {
    reached,
    expected,
    lastMs: Math.max(...arrivedAt.values()),
    redundancy: (copies - arrivedAt.size) / arrivedAt.size,
  }
}

/** Every node with about so many links, in either direction. */
function randomGraph(nodes: number, links: number, random: Random): number[][] {
  const graph: Set<number>[] = Array.from({ length: nodes }, () => new Set())
  for (let node = 0; node < nodes; node++) {
    const wanted = Math.min(links, nodes - 1)
    for (let tries = 0; (graph[node]?.size ?? 0) < wanted && tries < 100; tries++) {
      const other = random.integer(0, nodes - 1)
      if (other === node || (graph[other]?.size ?? 0) > 1.5 * links) continue
      graph[node]?.add(other)
      graph[other]?.add(node)
    }
  }
  return graph.map((set) => [...set])
}
