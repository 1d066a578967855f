import type { MessageHandler } from '@ts2p/mesh'
import type { SyncSocket } from '@ts2p/sync'
import type { SimulatedNetwork } from '@ts2p/simulator'
import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { countIssues } from '../../support/nodes/issues.ts'
import { createNetwork, nodePort, pass, settled, startSync } from '../../support/nodes/simulated-nodes.ts'

const nodeCount = 8
/** What the code of an application does, by turns. The last is no failure that anyone can see. */
const failures = ['throws', 'rejects', 'never settles'] as const
type Failure = (typeof failures)[number]

/** Code of the application that fails, in handlers of messages and listeners of events. */
export const handlers: FaultRow = {
  name: 'handlers',
  fault: 'Message handlers and listeners throw, reject and never settle, on 8 nodes.',
  mustHold: 'No link is lost, each throw and rejection is counted, and what was sent arrives.',
  wanted: 10_000,
  unit: 'broadcasts and writes',
  async open() {
    const network = createNetwork(1)
    const nodes: Node[] = []
    for (let index = 0; index < nodeCount; index += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as nodes join
      const { socket } = await startSync(network, `n${index}`)
      if (index > 0) socket.connect('n0', nodePort).catch(() => undefined)
      nodes.push(new Node(socket))
      // oxlint-disable-next-line no-await-in-loop
      await pass(network, 500)
    }
    await pass(network, 60_000)
    return new Handlers(network, nodes)
  },
}

/** A node whose application fails as it is told to. */
class Node {
  readonly socket: SyncSocket<string, string>
  failure: Failure = 'throws'
  /** Failures that the node can see. */
  failed = { handler: 0, listener: 0 }
  calls = 0
  lost = 0

  constructor(socket: SyncSocket<string, string>) {
    this.socket = socket
    // Applications in JavaScript register async functions, which the type does not allow.
    socket.registerHandler((() => this.#fail('handler')) as MessageHandler)
    socket.on('change', () => this.#fail('listener'))
    socket.on('peer-disconnect', () => (this.lost += 1))
  }

  /** What the node says of itself: how many failures it has counted. */
  get counted(): { handler: number; listener: number } {
    return {
      handler: countIssues(this.socket, 'handler-failed'),
      listener: countIssues(this.socket, 'listener-failed'),
    }
  }

  #fail(kind: 'handler' | 'listener'): unknown {
    this.calls += 1
    if (this.failure === 'never settles') return new Promise(() => undefined)
    this.failed[kind] += 1
    const error = new Error('out of paper')
    if (this.failure === 'rejects') return Promise.reject(error)
    throw error
  }
}

class Handlers implements FaultRunner {
  readonly #network: SimulatedNetwork
  readonly #nodes: readonly Node[]

  constructor(network: SimulatedNetwork, nodes: readonly Node[]) {
    this.#network = network
    this.#nodes = nodes
  }

  slice(from: number, until: number): Promise<SliceResult> {
    return runCases(from, until, (index) => this.#runCase(index))
  }

  async #runCase(index: number): Promise<CaseResult> {
    const nodes = this.#nodes
    const sender = nodes[index % nodeCount]
    const links = nodes.map(({ socket }) => socket.routingTable?.size ?? 0)
    const calls = nodes.map((node) => node.calls)
    for (const node of nodes) node.failure = failures[Math.floor(index / 2) % failures.length] ?? 'throws'
    const isBroadcast = index % 2 === 0
    if (isBroadcast) sender?.socket.send([`message ${index}`])
    else sender?.socket.set(`key ${index % nodeCount}`, `${index}`)
    await pass(this.#network, 500, 100)
    await settled()
    const missed = nodes.filter((node, at) => node.calls === calls[at] && (node !== sender || !isBroadcast))
    const wrong = nodes.flatMap(({ counted, failed }) =>
      counted.handler === failed.handler && counted.listener === failed.listener
        ? []
        : [`${counted.handler} and ${counted.listener} of ${failed.handler} and ${failed.listener} failures`],
    )
    const lost = nodes.reduce((sum, node) => sum + node.lost, 0)
    for (const node of nodes) node.lost = 0
    const fewer = nodes.filter(({ socket }, at) => (socket.routingTable?.size ?? 0) < (links[at] ?? 0)).length
    return {
      violations: [
        ...unless(lost === 0 && fewer === 0, `${lost} links were lost, and ${fewer} nodes have fewer than before.`),
        ...unless(missed.length === 0, `${missed.length} nodes did not hear of it.`),
        ...unless(wrong.length === 0, `Nodes count ${wrong.join('; ')}.`),
      ],
    }
  }
}
