import type { SimulatedNetwork } from '@ts2p/simulator'
import type { FaultRow } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { contentsOf } from '../../support/nodes/contents.ts'
import { createNetwork, pass, passUntil } from '../../support/nodes/simulated-nodes.ts'
import { startSwarm } from '../../support/nodes/sync-swarm.ts'
import type { SyncNode } from '../../support/nodes/sync-swarm.ts'
import { mebibyte } from '../../support/resources/used-memory.ts'

const nodeCount = 20
const [keys, valueBytes, writesPerSecond] = [20, 100_000, 10]
/** How many seconds are measured before the stall, and with it. */
const [calmSeconds, stallSecondsMin, stallSecondsMax] = [10, 15, 60]
const waitingMiBMax = 8
const slowerMax = 1.5
/** Two periods of anti-entropy and the time to link again, milliseconds. */
const repairedMs = 120_000

/** One node of twenty whose process is stopped. */
export const slowConsumer: FaultRow = {
  name: 'slow-consumer',
  fault: '1 of 20 nodes reads nothing for 15 to 60 s while another writes 1 MB per second.',
  mustHold: 'No node keeps 8 MiB for it, the p99 delay of the others is below 1.5 times the usual, and it catches up.',
  wanted: 20,
  unit: 'stalls',
  figure: 'MiB waiting at one node',
  open: () => ({ slice: (from, until) => runCases(from, until, stall) }),
}

async function stall(index: number): Promise<CaseResult> {
  const random = randomOf(index)
  const network = createNetwork(index + 1, { latencyMs: [5, 50], isSteady: true })
  const nodes = await startSwarm(network, { size: nodeCount, random })
  await pass(network, 10_000)
  const [writer, ...readers] = random.shuffle(nodes)
  const stalled = readers.pop()
  if (!writer || !stalled) throw new Error('There are twenty nodes.')
  const load = new Load(network, writer, readers)
  await load.run(calmSeconds)
  const usualMs = load.takeP99()
  network.stall(stalled.host, true)
  let most = 0
  const seconds = random.integer(stallSecondsMin, stallSecondsMax)
  await load.run(seconds, () => (most = Math.max(most, ...nodes.map((node) => waitingAt(node, stalled)))))
  const stalledMs = load.takeP99()
  network.stall(stalled.host, false)
  const wanted = (): string => contentsOf(writer.socket)
  const isRepaired = await passUntil(network, () => contentsOf(stalled.socket) === wanted(), repairedMs, 1000)
  const missing = load.missing
  return {
    figure: most / mebibyte,
    violations: [
      ...unless(
        most < waitingMiBMax * mebibyte,
        `A node keeps ${(most / mebibyte).toFixed(1)} MiB for the stalled one.`,
      ),
      ...unless(stalledMs < slowerMax * usualMs, `The p99 delay was ${stalledMs} ms, usually ${usualMs} ms.`),
      ...unless(missing === 0, `${missing} writes did not reach a node that reads.`),
      ...unless(isRepaired, `After ${seconds} s of stall the node has not caught up within ${repairedMs} ms.`),
    ],
  }
}

/** Writes over and over, and notes how long each write takes to each reader. */
class Load {
  readonly #network: SimulatedNetwork
  readonly #writer: SyncNode
  readonly #sentAt = new Map<string, number>()
  readonly #readers: number
  /** Nothing that could be compressed away. */
  readonly #rest: string
  #delays: number[] = []
  #writes = 0
  #arrivals = 0

  constructor(network: SimulatedNetwork, writer: SyncNode, readers: readonly SyncNode[]) {
    this.#network = network
    this.#writer = writer
    this.#readers = readers.length
    this.#rest = Buffer.from(network.simulation.random.bytes(valueBytes * 0.75)).toString('base64')
    for (const { socket } of readers) {
      socket.on('change', ({ value }) => {
        const sentAt = this.#sentAt.get(value?.slice(0, 20) ?? '')
        if (sentAt === undefined) return
        this.#arrivals += 1
        this.#delays.push(network.simulation.elapsedMs - sentAt)
      })
    }
  }

  /** How many deliveries there were too few. */
  get missing(): number {
    return this.#writes * this.#readers - this.#arrivals
  }

  async run(seconds: number, look: () => void = () => undefined): Promise<void> {
    for (let count = 0; count < seconds * writesPerSecond; count += 1) {
      const name = `write ${this.#writes}`.padEnd(20)
      this.#writes += 1
      this.#sentAt.set(name, this.#network.simulation.elapsedMs)
      this.#writer.socket.set(`key ${count % keys}`, `${name}${this.#rest}`)
      const ms = 1000 / writesPerSecond
      // oxlint-disable-next-line no-await-in-loop -- at a steady pace
      await pass(this.#network, ms, ms)
      look()
    }
    await pass(this.#network, 2000)
  }

  /** The delay of 99 % of deliveries, milliseconds, since this was called last. */
  takeP99(): number {
    const sorted = this.#delays.toSorted((x, y) => x - y)
    this.#delays = []
    return Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0)
  }
}

/** Bytes that a node keeps for another which has not taken them yet. */
function waitingAt({ socket }: SyncNode, stalled: SyncNode): number {
  return socket.routingTable?.get(stalled.socket.id)?.queuedBytes ?? 0
}
