import type { Connection } from '@ts2p/base'
import { decodeDirect, decodePeers, decodeStretches, decodeWanted, nodeKeyBytes, PacketLists } from '@ts2p/protocol'
import type { Flag, Flood, Limits, MessageId, NodeId, ReceivedEnvelope } from '@ts2p/protocol'
import type { DirectMessages } from './direct.ts'
import type { Arrival, Gossip } from './gossip.ts'
import type { Inbox } from './inbox.ts'
import type { MeshCounters } from './mesh-metrics.ts'
import type { MeshUpper, Verdict } from './mesh-options.ts'
import { Message } from './message.ts'
import type { MessageSource, Packet } from './message.ts'
import type { Neighbourhood } from './neighbourhood.ts'
import type { Whispers } from './whispers.ts'

/** Types of messages to one node that are ts2p's own. */
const ownTypePrefix = 'ts2p/'
/** Most nodes in one list. */
const peersMax = 256

/** Where the intake hands things to. */
export interface IntakeOptions {
  readonly ourId: NodeId
  readonly limits: Limits
  readonly gossip: Gossip
  readonly direct: DirectMessages
  readonly whispers: Whispers
  readonly neighbourhood: Neighbourhood
  readonly inbox: Inbox
  readonly counters: MeshCounters
  readonly upper: MeshUpper | undefined
  /** Answers the sender of a message. */
  readonly answer: (message: Message, packets: readonly Packet[]) => Promise<void>
  /** A message is in the inbox's queue. */
  readonly onQueued: () => void
}

/** Takes what comes on links: hands it to whoever it concerns, and lets travel on what was found good. */
export class Intake {
  readonly #options: IntakeOptions

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** Takes one message of a neighbor. Returns 'reject' if no honest node sends it. @throws {ProtocolError} */
  take(from: Connection, flag: Flag, payload: Uint8Array, received: ReceivedEnvelope): Verdict {
    const { gossip, whispers, upper } = this.#options
    switch (flag) {
      case 'broadcast':
      case 'store':
      case 'request':
      case 'response':
        return this.#takeFlood(gossip.receive(from, flag, received))
      case 'whisper': {
        const flood = whispers.receive(from, payload, (hash) => gossip.idOf(hash))
        if (flood === 'reject') return 'reject'
        if (flood) this.#deliver(from.id, flood, { from, hops: 1 })
        return 'ignore'
      }
      case 'forward':
        this.#takeDirect(from, payload)
        return 'ignore'
      case 'peers':
      case 'notify':
      case 'resend':
      case 'prune':
        this.#takeControl(from, flag, payload)
        return 'ignore'
      case 'retrieve':
      case 'retrieved':
      case 'ask':
      case 'receipt':
        return upper?.onNeighbourMessage(from, flag, payload) ?? 'ignore'
      default:
        return 'ignore'
    }
  }

  #takeControl(from: Connection, flag: 'peers' | 'notify' | 'resend' | 'prune', payload: Uint8Array): void {
    const { gossip, limits, neighbourhood, counters } = this.#options
    counters.controlReceived += 1
    // A node that wants fewer, or none, has links with nodes that send them all the same.
    if (flag === 'peers') {
      neighbourhood.onPeers(from, decodePeers(payload, peersMax).slice(0, limits.exchangeAddressesMax))
    }
    if (flag === 'notify') gossip.onTold(from, decodeStretches(payload))
    if (flag === 'resend') gossip.onWanted(from, decodeWanted(payload))
    if (flag === 'prune') gossip.onPruned(from, decodeStretches(payload))
  }

  #takeFlood(arrival: Arrival | undefined): Verdict {
    if (!arrival) return 'ignore'
    const { direct, gossip } = this.#options
    const { flag, flood, from, origin, passing } = arrival
    direct.learn(origin.id, from.id)
    const verdict = this.#judge(arrival)
    if (verdict === 'accept') gossip.forward(arrival)
    if (verdict === 'accept' && flag === 'broadcast') this.#deliver(origin.id, flood, { from, hops: passing.hops })
    gossip.tellFirstCopy(arrival)
    return verdict
  }

  #judge({ flag, flood, origin, from }: Arrival): Verdict {
    const { direct, gossip, ourId, upper } = this.#options
    if (flag !== 'broadcast' && flood.messages.size !== 1) return 'reject'
    if (flag === 'store') return upper?.onStore(flood.payload, origin.id, from) ?? 'ignore'
    if (flag === 'request') {
      // The length first: to spell a long one as an id would take hours.
      if (flood.payload.length !== nodeKeyBytes) return 'reject'
      if (gossip.idOf(flood.payload) === ourId) gossip.originate('response', new Uint8Array(0))
    }
    if (flag === 'response') direct.found(origin.id)
    return 'accept'
  }

  #takeDirect(from: Connection, payload: Uint8Array): void {
    const { direct } = this.#options
    const received = direct.receive(decodeDirect(payload), from)
    if (!received) return
    const sender = this.#options.gossip.idOf(received.id.origin)
    const source = this.#sourceOf(sender, received, { messages: PacketLists.of([received.packets]), hops: 0 })
    const message = new Message(source, 0)
    if (direct.settleRequest(received, message)) return
    // Nodes without a handler for what ts2p itself asks do not bother their application with it.
    if (message.type.startsWith(ownTypePrefix)) this.#options.inbox.offer(message, from)
    else this.#queue(message, from)
  }

  #deliver(sender: NodeId, flood: Flood, { from, hops }: { from: Connection; hops: number }): void {
    const source = this.#sourceOf(sender, flood, { messages: flood.messages, hops })
    for (let index = 0; index < flood.messages.size; index += 1) this.#queue(new Message(source, index), from)
  }

  #sourceOf(
    sender: NodeId,
    { id: { epoch, sequence }, time }: { id: MessageId; time: number },
    { messages, hops }: { messages: PacketLists; hops: number },
  ): MessageSource {
    return { sender, time, epoch, sequence, messages, hops, answer: this.#options.answer }
  }

  #queue(message: Message, from: Connection): void {
    const { inbox, onQueued } = this.#options
    if (inbox.deliver(message, from)) onQueued()
  }
}
