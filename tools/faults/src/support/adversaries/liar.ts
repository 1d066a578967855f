import { identityFromSeed } from '@ts2p/protocol'
import type { OwnIdentity } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import type { SyncSocket } from '@ts2p/sync'
import { nodePort, pass } from '../nodes/simulated-nodes.ts'
import { helloPayload, shakeHands } from './stranger.ts'
import type { Stranger } from './stranger.ts'
import { batchOf, storePayload, wireRecord } from '../wire/wire-records.ts'

/** A peer that shakes hands as it should, and then sends records as it likes. */
export class Liar {
  readonly identity: OwnIdentity
  readonly #stranger: Stranger
  readonly #network: SimulatedNetwork
  readonly #target: SyncSocket<string, string>
  #sequence = 0

  private constructor(options: {
    identity: OwnIdentity
    stranger: Stranger
    network: SimulatedNetwork
    target: SyncSocket<string, string>
  }) {
    this.identity = options.identity
    this.#stranger = options.stranger
    this.#network = options.network
    this.#target = options.target
  }

  /** Links a liar with a node of a name. */
  static async start(network: SimulatedNetwork, name: string, target: SyncSocket<string, string>): Promise<Liar> {
    const { simulation } = network
    const identity = identityFromSeed(simulation.random.bytes(32))
    const transport = network.transport(simulation.host(`liar-${simulation.elapsedMs}`))
    const hello = helloPayload(identity, { time: simulation.now }, target.subnet)
    const stranger = shakeHands(transport.dial(name, nodePort), hello, identity)
    await pass(network, 1000)
    if (!target.routingTable?.has(identity.id)) throw new Error('The liar is not linked.')
    return new Liar({ identity, stranger, network, target })
  }

  get isLinked(): boolean {
    return this.#target.routingTable?.has(this.identity.id) === true
  }

  /** Sends a record of an owner that this liar has signed, as a message of a source; a second passes. */
  async send(
    record: { readonly key: string; readonly value: string; readonly time: number },
    { owner, source }: { owner: OwnIdentity; source: OwnIdentity } = { owner: this.identity, source: this.identity },
  ): Promise<void> {
    this.#sequence += 1
    const records = [wireRecord(record.key, record.time, record.value)]
    const batch = batchOf(owner, records, { signer: this.identity, subnet: this.#target.subnet })
    const now = { subnet: this.#target.subnet, time: this.#network.simulation.now }
    this.#stranger.sayToAll(storePayload(source, [batch], { ...now, sequence: this.#sequence }))
    await pass(this.#network, 1000)
  }
}
