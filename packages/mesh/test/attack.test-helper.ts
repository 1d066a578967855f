import type { Connection } from '@ts2p/base'
import { encodePackets, identityFromSeed, OutgoingEnvelope, PacketLists } from '@ts2p/protocol'
import type { NodeId, OwnIdentity } from '@ts2p/protocol'
import { signedBroadcast } from '@ts2p/simulator'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { expect } from 'vitest'
import { startLiar } from './liar.test-helper.ts'
import type { Liar } from './liar.test-helper.ts'
import { meshSubnet, outcomeOf, port, received, settled, startChain, startNetwork } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

/** How the honest nodes are linked. */
export type Topology = 'chain' | 'mesh'
export const topologies: readonly Topology[] = ['chain', 'mesh']

/** Four honest nodes, and a liar with a link to n1. */
export interface Scene {
  readonly network: SimulatedNetwork
  readonly nodes: readonly Node[]
  readonly victim: Node
  readonly liar: Liar
  readonly observer: Observer
}

export async function startScene(network: SimulatedNetwork, topology: Topology): Promise<Scene> {
  const names = ['n0', 'n1', 'n2', 'n3']
  const nodes = topology === 'chain' ? Object.values(await startChain(network, names)) : await startNetwork(network, 4)
  const observer = new Observer(network, nodes)
  await observer.say('before')
  const victim = nodes[1]
  if (!victim) throw new Error('Four nodes were asked for.')
  network.simulation.runFor(1000)
  const liar = await startLiar(network, victim.name, { hearsAll: true })
  network.simulation.runFor(500)
  return { network, nodes, victim, liar, observer }
}

/** Sends frames, each on a new link if the last one was closed. @returns how many links were closed */
export async function sendAll(
  { network, liar, victim }: Pick<Scene, 'network' | 'liar'> & { readonly victim: Pick<Node, 'name'> },
  frames: Iterable<OutgoingEnvelope>,
  pauseMs = 5,
): Promise<number> {
  let connection = liar.socket.connections.get(liar.connection.id) ?? liar.connection
  let links = 0
  for (const frame of frames) {
    while (!connection.isEstablished) {
      const dialed = outcomeOf(liar.socket.dial({ transport: 'sim', host: victim.name, port }))
      for (let waited = 0; !dialed.isSettled && waited < 20_000; waited += 50) {
        network.simulation.runFor(50)
        await settled()
      }
      // Else the host is to wait, since it has cost too much.
      if (!dialed.value) continue
      connection = dialed.value
      links += 1
    }
    connection.send(frame)
    network.simulation.runFor(pauseMs)
  }
  network.simulation.runFor(100)
  return connection.isEstablished ? links : links + 1
}

/** Knows what honest nodes have sent, and that each other node got it once and got nothing else; and that they have kept their links. */
export class Observer {
  readonly #network: SimulatedNetwork
  readonly #nodes: Node[] = []
  readonly #sent: { readonly by: string; readonly text: string; readonly to: ReadonlySet<string> }[] = []
  readonly #received = new Map<string, string[]>()
  readonly #links = new Map<string, ReadonlyMap<NodeId, Connection>>()

  constructor(network: SimulatedNetwork, nodes: readonly Node[]) {
    this.#network = network
    for (const node of nodes) this.add(node)
  }

  /** A node that gets what is sent from now on. */
  add(node: Node): void {
    this.#nodes.push(node)
    this.#received.set(node.name, [])
    this.noteLinks()
  }

  /** The links that honest nodes have with each other now are to stay. */
  noteLinks(): void {
    const ids = new Set(this.#nodes.map(({ socket }) => socket.id))
    for (const { name, socket } of this.#nodes) {
      this.#links.set(name, new Map([...(socket.routingTable ?? [])].filter(([id]) => ids.has(id))))
    }
  }

  /** Each honest node sends a broadcast. */
  async say(label: string): Promise<void> {
    for (const { name, socket } of this.#nodes) {
      const to = new Set(this.#nodes.map((node) => node.name).filter((other) => other !== name))
      this.#sent.push({ by: name, text: `${label} by ${name}`, to })
      socket.send([`${label} by ${name}`])
    }
    this.#network.simulation.runFor(200)
    await settled()
  }

  /** @param extra what each node has got besides, of honest nodes elsewhere */
  check(extra: readonly string[] = []): void {
    for (const node of this.#nodes) {
      const texts = this.#received.get(node.name) ?? []
      texts.push(...received(node))
      const own = this.#sent.flatMap(({ text, to }) => (to.has(node.name) ? [text] : []))
      // oxlint-disable-next-line vitest/no-standalone-expect -- called by tests
      expect(texts.toSorted(), `at ${node.name}`).toEqual([...own, ...extra].toSorted())
      const linked = [...(this.#links.get(node.name) ?? [])]
      const kept = linked.filter(([id, connection]) => node.socket.routingTable?.get(id) === connection)
      // oxlint-disable-next-line vitest/no-standalone-expect -- called by tests
      expect([kept.length, linked.length > 0], `links of ${node.name}`).toEqual([linked.length, true])
    }
  }
}

/** An identity of nobody in the network. */
export function identityIn({ simulation }: SimulatedNetwork): OwnIdentity {
  const { environment } = simulation.host(`host of ${simulation.random.float()}`)
  return identityFromSeed(simulation.random.bytes(32), environment.ed25519)
}

/** The packets of one message of the application, of a type and a text. */
export function contentOf(text: string, count = 1): Uint8Array {
  const packets = ['broadcast', text].map((each) => new TextEncoder().encode(each))
  return encodePackets(PacketLists.of(Array.from({ length: count }, () => packets)))
}

/** A broadcast that a source has signed. */
export function broadcastOf(source: OwnIdentity, header: Parameters<typeof signedBroadcast>[2]): OutgoingEnvelope {
  const { channel = 0, flag = 'broadcast' } = header
  return new OutgoingEnvelope(flag, signedBroadcast(source, meshSubnet.hash, header), { channel })
}

/** The issues of a node of one kind, as text. */
export function issuesOf({ socket }: Node, code: string): string[] {
  return socket.issues.filter((issue) => issue.code === code).map(({ message }) => message)
}
