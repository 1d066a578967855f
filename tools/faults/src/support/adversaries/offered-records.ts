import { identityFromSeed } from '@ts2p/protocol'
import type { OwnIdentity, SignatureScheme } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import type { SyncSocket } from '@ts2p/sync'
import { nodePort, passUntil, startSync } from '../nodes/simulated-nodes.ts'
import { helloPayload, shakeHands } from './stranger.ts'
import type { Stranger } from './stranger.ts'

/** An identity of a number. */
function identityOf(index: number, ed25519: SignatureScheme | undefined): OwnIdentity {
  const seed = new Uint8Array(32).fill(7)
  new DataView(seed.buffer).setUint32(0, index)
  return identityFromSeed(seed, ed25519)
}

/** A peer that has shaken hands as it should, and then says what it likes. */
export interface LinkedStranger {
  readonly identity: OwnIdentity
  readonly stranger: Stranger
}

/** Two linked dictionaries, and strangers who link themselves with the first. */
export class OfferedRecords {
  readonly network: SimulatedNetwork
  readonly target: SyncSocket<string, string>
  /** An honest neighbor of the target: what it gets, the target has relayed. */
  readonly neighbor: SyncSocket<string, string>
  readonly #ed25519: SignatureScheme | undefined
  #strangers = 0

  private constructor(
    network: SimulatedNetwork,
    target: SyncSocket<string, string>,
    neighbor: SyncSocket<string, string>,
  ) {
    this.network = network
    this.target = target
    this.neighbor = neighbor
    this.#ed25519 = network.simulation.host('strangers').environment.ed25519
  }

  static async open(network: SimulatedNetwork): Promise<OfferedRecords> {
    const { socket: target } = await startSync(network, 'target')
    const { socket: neighbor } = await startSync(network, 'neighbor')
    neighbor.connect('target', nodePort).catch(() => undefined)
    const isLinked = await passUntil(network, () => target.routingTable?.size === 1, 10_000)
    if (!isLinked) throw new Error('The neighbor is not linked.')
    return new OfferedRecords(network, target, neighbor)
  }

  /** An identity that no stranger has, to sign what strangers offer. */
  owner(index: number): OwnIdentity {
    return identityOf(2 ** 31 + index, this.#ed25519)
  }

  /** Links a new stranger with the target. */
  async link(): Promise<LinkedStranger> {
    const { network, target } = this
    this.#strangers += 1
    const identity = identityOf(this.#strangers, this.#ed25519)
    const name = `stranger-${this.#strangers}`
    const link = network.transport(network.simulation.host(name)).dial('target', nodePort)
    const stranger = shakeHands(link, helloPayload(identity, {}, target.subnet), identity)
    const isLinked = await passUntil(network, () => target.routingTable?.has(identity.id) === true, 5000, 10)
    if (!isLinked) throw new Error('The stranger is not linked.')
    return { identity, stranger }
  }
}
