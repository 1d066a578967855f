import type { Figures } from '../../case.ts'
import type { MeshCase } from '../mesh-case.ts'
import type { BenchNode, MeshSubject } from '../mesh-node.ts'
import { createNetwork } from '../network.ts'
import { Pump } from '../pump.ts'
import { Tally } from '../tally.ts'

/** Messages of 100 bytes from one node, all in this process: messages per second until every node has every message. */
export async function measureThroughput(subject: MeshSubject, spec: MeshCase): Promise<Figures> {
  const network = await createNetwork(subject, { ...spec, isCounted: spec.measure === 'copies' })
  const [sender, ...others] = network
  if (!sender) throw new TypeError('There is no node.')
  const tallies = others.map((node) => {
    const tally = new Tally()
    node.onPacket((packet) => tally.note(packet))
    return tally
  })
  const pump = new Pump(sender, subject.windowMessages, (count) => arrived(tallies, count))
  await pump.run(spec.seconds / 2)
  const before = copiesOf(others)
  const rate = await pump.run(spec.seconds)
  const after = copiesOf(others)
  const copies =
    before && after ? { copies: 1 + (after.further - before.further) / (after.first - before.first) } : undefined
  return {
    rate,
    ...copies,
    links: network.reduce((sum, node) => sum + node.links(), 0) / network.length,
    twice: tallies.reduce((sum, { twice }) => sum + twice, 0),
  }
}

/** Resolves when every node has so many messages; undefined: they have. */
function arrived(tallies: readonly Tally[], count: number): Promise<void> | undefined {
  const late = tallies.flatMap((tally) => tally.reach(count) ?? [])
  return late.length > 0 ? Promise.all(late).then(() => undefined) : undefined
}

/** What all nodes have received; undefined: nobody counts. */
function copiesOf(nodes: readonly BenchNode[]): { first: number; further: number } | undefined {
  const sum = { first: 0, further: 0 }
  for (const node of nodes) {
    const copies = node.copies()
    if (!copies) return undefined
    sum.first += copies.first
    sum.further += copies.further
  }
  return sum
}
