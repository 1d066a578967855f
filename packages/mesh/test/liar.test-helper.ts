import { BaseSocket } from '@ts2p/base'
import type { BaseHandler, Connection } from '@ts2p/base'
import { decodeIHave, encodeIWant, identityFromSeed, OutgoingEnvelope } from '@ts2p/protocol'
import type { Flag, OwnIdentity, SequenceRange } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { meshSubnet, port } from './network.test-helper.ts'

const everything = encodeIWant({ ranges: [], ageMsMax: 0, isEverything: true })

export interface Liar {
  readonly identity: OwnIdentity
  readonly connection: Connection
  /** What its neighbors have announced, in order. */
  readonly announced: readonly SequenceRange[]
  /** All else that its neighbors have sent, in order. */
  readonly heard: readonly Heard[]
  readonly socket: BaseSocket
}

/** What a liar has heard. */
export interface Heard {
  readonly from: Connection
  readonly flag: Flag
  readonly payload: Uint8Array
  readonly channel: number
  readonly hops: number
}

/** A peer that shakes hands as it should, and then says what it likes. */
export async function startLiar(
  network: SimulatedNetwork,
  target: string,
  options: {
    readonly name?: string
    readonly onHeard?: (heard: Heard) => void
    /** Whether it asks for all broadcasts from now on; default false. */
    readonly hearsAll?: boolean
  } = {},
): Promise<Liar> {
  const { name = 'liar', onHeard = () => undefined, hearsAll = false } = options
  const host = network.simulation.host(name)
  const identity = identityFromSeed(host.environment.randomBytes(32), host.environment.ed25519)
  const announced: SequenceRange[] = []
  const heard: Heard[] = []
  const handler: BaseHandler = {
    onLink: (connection) => {
      if (hearsAll) connection.send(new OutgoingEnvelope('resend', everything))
    },
    onUnlink: () => undefined,
    onMessage: (from, flag, payload, { channel, hops }) => {
      if (flag === 'notify') return void announced.push(...decodeIHave(payload))
      // The frame's memory is used again.
      const each = { from, flag, payload: payload.slice(), channel, hops }
      heard.push(each)
      onHeard(each)
    },
    onWritable: () => undefined,
    onRefused: () => undefined,
    onDialFailed: () => undefined,
    onMaintenance: () => undefined,
    peerHints: () => [],
  }
  const { environment } = host
  const socket = new BaseSocket(
    { identity, subnet: meshSubnet, environment, transports: [network.transport(host)] },
    handler,
  )
  return { identity, connection: await dialFrom(network, socket, target), announced, heard, socket }
}

/** Links a liar with a node. */
export async function dialFrom(network: SimulatedNetwork, socket: BaseSocket, target: string): Promise<Connection> {
  const dialed = socket.dial({ transport: 'sim', host: target, port })
  network.simulation.runFor(1000)
  return dialed
}
