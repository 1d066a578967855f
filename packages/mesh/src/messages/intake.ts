import type { Connection } from '@ts2p/base'
import { decodeDirect, decodePeers, decodeStretches, decodeWanted, nodeKeyBytes, textFromBytes } from '@ts2p/protocol'
import type { DirectKind, Flag, Flood, Limits, NodeId, ReceivedEnvelope } from '@ts2p/protocol'
import type { DirectArrival, DirectMessages } from '../direct/direct-messages.ts'
import type { Arrival, Gossip } from '../broadcast/gossip.ts'
import type { Inbox } from './inbox.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import type { Channels } from '../channels/channels.ts'
import type { Verdict } from '../channels/channel.ts'
import { RemoteError } from '../errors.ts'
import { Message } from './message.ts'
import type { MessageSource, Packet } from './message.ts'
import type { PeerManager } from '../membership/peer-manager.ts'
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
  readonly peerManager: PeerManager
  readonly inbox: Inbox
  readonly counters: MeshCounters
  readonly channels: Channels
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
    const { direct, gossip, whispers, channels } = this.#options
    const { channel } = received
    switch (flag) {
      case 'broadcast':
      case 'request':
      case 'response':
        return this.#takeFlood(gossip.receive(from, flag, received))
      case 'whisper': {
        if (channel !== 0) return channels.onMessage(channel, payload, from)
        const flood = whispers.receive(from, payload, (hash) => gossip.idOf(hash))
        if (flood === 'reject') return 'reject'
        if (flood) this.#deliver(from.id, flood, { from, hops: 1 })
        return 'ignore'
      }
      case 'forward':
      case 'acknowledge':
        direct.receive(decodeDirect(payload), from)
        return 'ignore'
      case 'peers':
      case 'notify':
      case 'resend':
      case 'prune':
        this.#takeControl(from, flag, payload)
        return 'ignore'
      default:
        return 'ignore'
    }
  }

  #takeControl(from: Connection, flag: 'peers' | 'notify' | 'resend' | 'prune', payload: Uint8Array): void {
    const { gossip, limits, peerManager, counters } = this.#options
    counters.controlReceived += 1
    // A node that wants fewer, or none, has links with nodes that send them all the same.
    if (flag === 'peers') {
      peerManager.onPeers(from, decodePeers(payload, peersMax).slice(0, limits.exchangeAddressesMax))
    }
    if (flag === 'notify') gossip.onTold(from, decodeStretches(payload))
    if (flag === 'resend') gossip.onWanted(from, decodeWanted(payload))
    if (flag === 'prune') gossip.onPruned(from, decodeStretches(payload))
  }

  #takeFlood(arrival: Arrival | undefined): Verdict {
    if (!arrival) return 'ignore'
    const { direct, gossip } = this.#options
    const { flood, from, origin, passing } = arrival
    direct.learn(origin.id, from.id)
    const verdict = this.#judge(arrival)
    if (verdict === 'accept') gossip.forward(arrival)
    if (verdict === 'accept' && isOfApplication(arrival)) this.#deliver(origin.id, flood, { from, hops: passing.hops })
    gossip.tellFirstCopy(arrival)
    return verdict
  }

  #judge(arrival: Arrival): Verdict {
    const { direct, gossip, ourId, channels } = this.#options
    if (isOfApplication(arrival)) return 'accept'
    const { flag, flood, origin, from, passing } = arrival
    if (flood.messages.size !== 1) return 'reject'
    if (passing.channel !== 0) return channels.onBroadcast(passing.channel, flood.payload, { source: origin.id, from })
    if (flag === 'request') {
      // The length first: to spell a long one as an id would take hours.
      if (flood.payload.length !== nodeKeyBytes) return 'reject'
      if (gossip.idOf(flood.payload) === ourId) gossip.originate('response', new Uint8Array(0))
    }
    if (flag === 'response') direct.onRouteFound(origin.id)
    return 'accept'
  }

  /** Messages to this node alone have come. */
  takeDirect(arrival: DirectArrival): void {
    const { sender, messages, kinds, from } = arrival
    const source = this.#sourceOf(arrival, { sender, sequence: arrival.first, hops: 0, kinds })
    const isAnswer = (kind: DirectKind | undefined): boolean => kind === 'answer' || kind === 'failure'
    let answers = 0
    const answered = messages.counts.map((_, index) => {
      if (!isAnswer(kinds[index])) return undefined
      answers += 1
      return arrival.answered?.sequences[answers - 1]
    })
    for (const index of arrival.indices) {
      const message = new Message(source, index)
      const name = { epoch: arrival.answered?.epoch ?? 0, sequence: answered[index] ?? 0 }
      if (kinds[index] === 'failure') this.#options.direct.fail(sender, name, remoteErrorOf(message))
      else if (kinds[index] !== 'answer' || !this.#options.direct.settle(name, message)) this.#offer(message, from)
    }
  }

  #offer(message: Message, from: Connection | undefined): void {
    // Nodes without a handler for what ts2p itself asks do not bother their application with it.
    if (message.type.startsWith(ownTypePrefix)) this.#options.inbox.offer(message, from)
    else this.#queue(message, from)
  }

  #deliver(sender: NodeId, flood: Flood, { from, hops }: { from: Connection; hops: number }): void {
    const { id, time, messages } = flood
    const source = this.#sourceOf({ epoch: id.epoch, time, messages }, { sender, sequence: id.sequence, hops })
    for (let index = 0; index < flood.messages.size; index += 1) this.#queue(new Message(source, index), from)
  }

  #sourceOf(
    { epoch, time, messages }: Pick<MessageSource, 'epoch' | 'time' | 'messages'>,
    rest: Pick<MessageSource, 'sender' | 'sequence' | 'hops' | 'kinds'>,
  ): MessageSource {
    return { epoch, time, messages, ...rest, answer: this.#options.answer }
  }

  #queue(message: Message, from: Connection | undefined): void {
    const { inbox, onQueued } = this.#options
    if (inbox.deliver(message, from)) onQueued()
  }
}

function isOfApplication({ flag, passing }: Arrival): boolean {
  return flag === 'broadcast' && passing.channel === 0
}

/** The packets of a failure: a type, the error's name, its message. */
function remoteErrorOf(failure: Message): RemoteError {
  const [, name, message] = failure.packets.map(textFromBytes)
  return new RemoteError(failure.sender, { name: name ?? 'Error', message: message ?? '' })
}
