import type { Random } from '@ts2p/simulator'
import type { SyncSocket } from '@ts2p/sync'
import type { FaultRow } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { contentsOf, tryToWrite } from '../../support/nodes/contents.ts'
import { createNetwork, nodePort, pass, passUntil, startSync } from '../../support/nodes/simulated-nodes.ts'
import type { SimulatedNode } from '../../support/nodes/simulated-nodes.ts'

const small = { seeds: 2000, nodes: 20 } as const
const large = { seeds: 200, nodes: 100 } as const
/** How often a node compares with a random neighbor, milliseconds. */
const antiEntropyMs = 30_000
const writesPerNode = 4
/** Keys for which all nodes contend. */
const sharedKeys = 20

type SyncNode = SimulatedNode<SyncSocket<string, string>>

/** Networks that fall into parts, write in all of them, and come together. */
export const partition: FaultRow = {
  name: 'partition',
  fault: 'A network of 20 or 100 nodes falls into 2 to 5 parts, and all parts write.',
  mustHold: 'All parts accept writes, and all nodes hold the same two anti-entropy periods after healing.',
  wanted: small.seeds + large.seeds,
  unit: 'seeds',
  figure: 's until all nodes held the same',
  open: () => ({
    slice: (from, until) =>
      runCases(from, until, (index) => divide(index, index < small.seeds ? small.nodes : large.nodes)),
  }),
}

async function divide(index: number, size: number): Promise<CaseResult> {
  const random = randomOf(index)
  const network = createNetwork(index + 1, { latencyMs: [5, 50] })
  const nodes: SyncNode[] = []
  for (let count = 0; count < size; count += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as nodes join
    const node = await startSync(network, `n${count}`)
    if (count > 0) node.socket.connect(`n${random.integer(0, count - 1)}`, nodePort).catch(() => undefined)
    nodes.push(node)
    // oxlint-disable-next-line no-await-in-loop
    await pass(network, 30, 30)
  }
  await pass(network, 6000)
  for (const node of nodes) write(node, random)
  await pass(network, 2000)
  const ways = 2 + (index % 4)
  const order = random.shuffle(nodes)
  const groups = Array.from({ length: ways }, (_, way) => order.filter((__, at) => at % ways === way))
  network.partition(groups.map((group) => group.map(({ host }) => host)))
  await pass(network, random.integer(100, 10_000))
  const written = groups.map((group) => group.filter((node) => write(node, random) > 0).length)
  // After 45 s of silence a link is given up, so that both kinds of partitions come up.
  await pass(network, random.chance(0.3) ? random.integer(45_000, 80_000) : random.integer(100, 20_000))
  for (const node of nodes) if (random.chance(0.5)) write(node, random)
  network.heal()
  const healedAt = network.simulation.elapsedMs
  const isSame = (): boolean => {
    const [first, ...others] = nodes.map(
      ({ socket }) =>
        () =>
          contentsOf(socket),
    )
    const wanted = first?.()
    // Most of the time one of the first differs.
    return others.every((contents) => contents() === wanted)
  }
  const didHeal = await passUntil(network, isSame, 2 * antiEntropyMs, 500)
  const seconds = (network.simulation.elapsedMs - healedAt) / 1000
  const kinds = didHeal ? 1 : new Set(nodes.map(({ socket }) => contentsOf(socket))).size
  const silent = written.filter((count) => count === 0).length
  return {
    figure: seconds,
    violations: [
      ...unless(silent === 0, `${silent} of ${ways} parts took no write.`),
      ...unless(didHeal, `${size} nodes hold ${kinds} different things two anti-entropy periods after healing.`),
    ],
  }
}

/** Writes keys of the node's own and some for which all contend. @returns how many writes were done */
function write({ name, socket }: SyncNode, random: Random): number {
  let done = 0
  for (let count = 0; count < writesPerNode; count += 1) {
    const key = random.chance(0.5) ? `shared ${random.integer(0, sharedKeys - 1)}` : `${name}/${random.integer(0, 9)}`
    const isDeletion = random.chance(0.2)
    const value = `${name} ${random.integer(0, 1e9)}`
    if (tryToWrite(() => (isDeletion ? socket.del(key) : socket.set(key, value)))) done += 1
  }
  return done
}
