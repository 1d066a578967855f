import type { Connection } from '@ts2p/base'
import {
  decodeDirect,
  decodeOffer,
  decodePeers,
  decodeResend,
  encodeResend,
  nodeKeyBytes,
  OutgoingEnvelope,
} from '@ts2p/protocol'
import type { Flag, Flood, Limits, NodeId } from '@ts2p/protocol'
import type { DirectMessages } from './direct.ts'
import type { Arrival, Gossip } from './gossip.ts'
import type { Inbox } from './inbox.ts'
import type { MeshUpper, Verdict } from './mesh-options.ts'
import { Message } from './message.ts'
import type { Packet } from './message.ts'
import type { Neighbourhood } from './neighbourhood.ts'

/** Where the intake hands things to. */
export interface IntakeOptions {
  readonly ourId: NodeId
  readonly limits: Limits
  readonly gossip: Gossip
  readonly direct: DirectMessages
  readonly neighbourhood: Neighbourhood
  readonly inbox: Inbox
  readonly upper: MeshUpper | undefined
  /** Answers the sender of a message. */
  readonly reply: (sender: NodeId, packets: readonly Packet[]) => Promise<void>
  /** A message is in the inbox's queue. */
  readonly onQueued: () => void
}

/** Takes what comes on links: hands it to whoever it concerns, and lets travel on what was found good. */
export class Intake {
  readonly #options: IntakeOptions

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** One message of a neighbour. 'condemn': no honest node sends it. @throws {ProtocolError} */
  take(from: Connection, flag: Flag, payload: Uint8Array): Verdict {
    const { gossip, direct, limits, neighbourhood, upper } = this.#options
    switch (flag) {
      case 'broadcast':
      case 'store':
      case 'request':
      case 'response':
        return this.#takeFlood(gossip.receive(from, flag, payload))
      case 'whisper':
        return this.#takeWhisper(gossip.receive(from, flag, payload))
      case 'forward': {
        const message = direct.receive(decodeDirect(payload), from)
        if (message) this.#deliver(message, from)
        return 'drop'
      }
      case 'peers':
        neighbourhood.onPeers(from, decodePeers(payload, limits.exchangeAddressesMax))
        return 'drop'
      case 'notify': {
        const wanted = gossip.wanted(decodeOffer(payload))
        if (wanted.length > 0) from.send(new OutgoingEnvelope('resend', encodeResend(wanted)))
        return 'drop'
      }
      case 'resend':
        for (const envelope of gossip.kept(decodeResend(payload))) from.send(envelope)
        return 'drop'
      case 'retrieve':
      case 'retrieved':
      case 'ask':
      case 'receipt':
        return upper?.onNeighbourMessage(from, flag, payload) ?? 'drop'
      default:
        return 'drop'
    }
  }

  #takeFlood(arrival: Arrival | undefined): Verdict {
    const { direct, gossip, ourId } = this.#options
    if (!arrival || arrival.origin === ourId) return 'drop'
    direct.learn(arrival.origin, arrival.from.id)
    const verdict = this.#judge(arrival)
    if (verdict === 'forward') gossip.forward(arrival)
    if (verdict === 'forward' && arrival.flag === 'broadcast') this.#deliver(arrival.flood, arrival.from)
    return verdict
  }

  /** A whisper goes one hop: whoever brings it has made it. */
  #takeWhisper(arrival: Arrival | undefined): Verdict {
    if (!arrival) return 'drop'
    if (arrival.origin !== arrival.from.id) return 'condemn'
    this.#deliver(arrival.flood, arrival.from)
    return 'drop'
  }

  #judge({ flag, flood, origin, from }: Arrival): Verdict {
    const { direct, gossip, ourId, upper } = this.#options
    if (flag === 'store') return upper?.onStore(flood.payload, origin, from) ?? 'drop'
    if (flag === 'request') {
      // The length first: to spell a long one as an id would take hours.
      if (flood.payload.length !== nodeKeyBytes) return 'condemn'
      if (gossip.originOf({ ...flood.id, origin: flood.payload }) === ourId) gossip.originate('response', {})
    }
    if (flag === 'response') direct.found(origin)
    return 'forward'
  }

  #deliver({ id, packets, time }: Pick<Flood, 'id' | 'packets' | 'time'>, from: Connection): void {
    const { gossip, inbox, onQueued, reply } = this.#options
    const sender = gossip.originOf(id)
    const message = new Message({ packets, sender, time, id: gossip.nameOf(id) }, (answer) => reply(sender, answer))
    if (inbox.deliver(message, from)) onQueued()
  }
}
