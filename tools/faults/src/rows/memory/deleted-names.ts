import { lock } from '@ts2p/locks'
import type { Lock } from '@ts2p/locks'
import type { SyncSocket } from '@ts2p/sync'
import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { unless } from '../../support/cases/case-loop.ts'
import { createNetwork, nodePort, pass, startSync } from '../../support/nodes/simulated-nodes.ts'
import type { SimulatedNode } from '../../support/nodes/simulated-nodes.ts'

/** What a process with one node may take. Here are two: half of what it grows by counts. */
const rssMiBMax = 200
/** Names that are set and deleted in a turn: a turn in four hours, so that a million take two months. */
const [namesAtOnce, turnMs] = [2800, 4 * 3_600_000]
/** How often the holder of the lock lets it go, and how often it is looked at who has it. */
const lookMs = 60_000

/** A million names of one writer, and a lock beside them. */
export const deletedNames: FaultRow = {
  name: 'deleted-names',
  fault: 'One writer sets and deletes a million names in two virtual months, while two nodes contend for a lock.',
  mustHold: `No name is refused, a node takes ${rssMiBMax} MiB at most, and one node at a time has the lock.`,
  wanted: 1_000_000,
  unit: 'names',
  figure: 'MiB of RSS for a node',
  async open() {
    const names = new DeletedNames()
    await names.start()
    return names
  },
}

interface Contender {
  readonly node: SimulatedNode<SyncSocket<string, string>>
  held: Lock | undefined
}

class DeletedNames implements FaultRunner {
  readonly #network = createNetwork(1)
  readonly #contenders: Contender[] = []
  #writer: SyncSocket<string, string> | undefined
  #rssMiBBefore = 0

  async start(): Promise<void> {
    const nodes = [await startSync(this.#network, 'writer'), await startSync(this.#network, 'other')]
    const joined = nodes[1]?.socket.connect('writer', nodePort)
    await pass(this.#network, 3000)
    await joined
    this.#writer = nodes[0]?.socket
    this.#rssMiBBefore = rssMiB()
    for (const node of nodes) {
      const contender: Contender = { node, held: undefined }
      this.#contenders.push(contender)
      this.#ask(contender)
    }
  }

  async slice(from: number, until: number): Promise<SliceResult> {
    const violations: string[] = []
    const end = Math.min(until, from + namesAtOnce)
    const names = Array.from({ length: end - from }, (_, index) => `session/${from + index}`)
    this.#writer?.update(names.map((name) => [name, 'x'.repeat(20)]))
    await pass(this.#network, 1000)
    for (const { node } of this.#contenders) {
      const missing = names.filter((name) => !node.socket.has(name)).length
      violations.push(...unless(missing === 0, `${missing} of the names up to ${end} are not at ${node.name}.`))
    }
    for (const name of names) this.#writer?.del(name)
    for (let passed = 0; passed < turnMs; passed += lookMs) {
      await pass(this.#network, lookMs, lookMs)
      violations.push(...this.#look(end))
    }
    violations.push(...this.#judge(end))
    return { done: end - from, worst: this.#rssMiBOfOne, violations }
  }

  #ask(contender: Contender): void {
    const { socket, host } = contender.node
    void lock(socket, 'lock', { environment: host.environment }).then((held) => (contender.held = held))
  }

  /** Who has the lock lets it go, and asks again. */
  #look(end: number): string[] {
    const holders = this.#contenders.filter(({ held }) => held?.isHeld)
    for (const holder of holders) {
      holder.held?.release()
      holder.held = undefined
      this.#ask(holder)
    }
    return unless(holders.length <= 1, `${holders.length} nodes had the lock after ${end} names.`)
  }

  get #rssMiBOfOne(): number {
    return this.#rssMiBBefore + (rssMiB() - this.#rssMiBBefore) / 2
  }

  #judge(end: number): string[] {
    const rss = this.#rssMiBOfOne
    return [
      ...this.#contenders.flatMap(({ node }) => {
        const codes = node.socket.issues.map(({ code }) => code).filter((code) => code !== 'neighbor-lost')
        return unless(codes.length === 0, `After ${end} names ${node.name} reports ${codes.join(' ')}.`)
      }),
      ...unless(rss <= rssMiBMax, `After ${end} names a node takes ${Math.round(rss)} MiB.`),
    ]
  }
}

/**
 * After two collections: hours pass in a second here, and a process that has hours to do it collects meanwhile. The first frees what a
 * reconciliation of all names has taken, and the second gives those pages back.
 */
function rssMiB(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().rss / 1024 ** 2
}
