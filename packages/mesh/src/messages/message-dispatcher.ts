import type { Connection } from '@ts2p/base'
import {
  decodeDirect,
  decodePackets,
  decodePeers,
  decodeIHave,
  decodeIWant,
  nodeKeyBytes,
  ProtocolError,
} from '@ts2p/protocol'
import type { Flag, Broadcast, Limits, NodeId, PacketLists, ReceivedEnvelope } from '@ts2p/protocol'
import type { DirectMessages } from '../direct/direct-messages.ts'
import type { Arrival, Plumtree } from '../broadcast/plumtree.ts'
import { payloadBytesMax } from '../broadcast/outgoing-batcher.ts'
import { costs } from './processing-costs.ts'
import type { ApplicationInbox } from './application-inbox.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import type { Channels } from '../channels/channels.ts'
import type { Verdict } from '../channels/channel.ts'
import { Message } from './message.ts'
import type { PeerManager } from '../membership/peer-manager.ts'
import type { NeighborMessages } from './neighbor-messages.ts'

/** How many nodes one list has at most. */
const peersMax = 256

/** Messages that nodes pass on to others. */
const relayedFlags: ReadonlySet<Flag> = new Set(['broadcast', 'request', 'response', 'forward', 'acknowledge'])

/** The parts to which the dispatcher hands what arrives. */
export interface MessageDispatcherOptions {
  readonly ourId: NodeId
  readonly limits: Limits
  readonly plumtree: Plumtree
  readonly direct: DirectMessages
  readonly neighborMessages: NeighborMessages
  readonly peerManager: PeerManager
  readonly inbox: ApplicationInbox
  readonly counters: MeshCounters
  readonly channels: Channels
}

/** Takes what arrives on links, hands it to the part that it is for, and passes on the broadcasts that were accepted. */
export class MessageDispatcher {
  readonly #options: MessageDispatcherOptions

  constructor(options: MessageDispatcherOptions) {
    this.#options = options
  }

  /** Takes one message of a neighbor. Returns 'reject' if no honest node sends it. @throws {ProtocolError} */
  dispatch(from: Connection, flag: Flag, payload: Uint8Array, received: ReceivedEnvelope): Verdict {
    const { direct, plumtree, neighborMessages, channels } = this.#options
    const { channel } = received
    if (relayedFlags.has(flag)) assertRelayable(flag, received, payloadBytesMax(this.#options.limits))
    switch (flag) {
      case 'broadcast':
      case 'request':
      case 'response':
        return this.#dispatchBroadcast(plumtree.onBroadcast(from, flag, received))
      case 'whisper': {
        if (channel !== 0) return channels.onMessage(channel, payload, from)
        const broadcast = neighborMessages.open(from, payload)
        if (broadcast === 'reject') return 'reject'
        if (broadcast)
          this.#deliver(from.id, broadcast, decodePackets(broadcast.content, broadcast.count), { from, hops: 1 })
        return 'ignore'
      }
      case 'forward':
      case 'acknowledge':
        direct.onFrame(decodeDirect(payload), received.frameBytes, from)
        return 'ignore'
      case 'peers':
      case 'notify':
      case 'resend':
      case 'prune':
        this.#dispatchControl(from, flag, payload)
        return 'ignore'
      default:
        return 'ignore'
    }
  }

  #dispatchControl(from: Connection, flag: 'peers' | 'notify' | 'resend' | 'prune', payload: Uint8Array): void {
    const { plumtree, limits, peerManager, counters } = this.#options
    counters.controlReceived += 1
    // A node that wants fewer, or none, has links with nodes that send them all the same.
    if (flag === 'peers') {
      const peers = decodePeers(payload, peersMax)
      from.charge(peers.length * costs.peerRecord)
      return peerManager.onPeers(from, peers.slice(0, limits.exchangeAddressesMax))
    }
    const wanted = flag === 'resend' ? decodeIWant(payload) : undefined
    const ranges = wanted?.ranges ?? decodeIHave(payload)
    from.charge(ranges.length * costs.receivedRange)
    if (wanted) plumtree.onIWant(from, wanted)
    else if (flag === 'notify') plumtree.onIHave(from, ranges)
    else plumtree.onPruned(from, ranges)
  }

  #dispatchBroadcast(arrival: Arrival | undefined): Verdict {
    if (!arrival) return 'ignore'
    const { direct, plumtree } = this.#options
    const { broadcast, from, source, passing } = arrival
    direct.learn(source.id, from.id)
    // Read before it is passed on: what cannot be read goes no further.
    const messages = isOfApplication(arrival) ? decodePackets(broadcast.content, broadcast.count) : undefined
    const verdict = messages ? 'accept' : this.#judge(arrival)
    if (verdict === 'accept') plumtree.forward(arrival)
    if (messages) this.#deliver(source.id, broadcast, messages, { from, hops: passing.hops })
    plumtree.recordDelivery(arrival)
    return verdict
  }

  #judge(arrival: Arrival): Verdict {
    const { direct, plumtree, ourId, channels } = this.#options
    const { flag, broadcast, source, from, passing, proof } = arrival
    if (broadcast.count !== 1) return 'reject'
    if (passing.channel !== 0) {
      return channels.onBroadcast(passing.channel, broadcast.content, { source: source.id, from, proof })
    }
    if (flag === 'request') {
      // The length first: to spell a long one as an id would take hours.
      if (broadcast.content.length !== nodeKeyBytes) return 'reject'
      if (plumtree.idOf(broadcast.content) === ourId) direct.onRouteQuestion()
    }
    if (flag === 'response') direct.onRouteFound(source.id)
    return 'accept'
  }

  #deliver(
    sender: NodeId,
    { id, time }: Broadcast,
    messages: PacketLists,
    { from, hops }: { from: Connection; hops: number },
  ): void {
    const { direct, inbox } = this.#options
    const source = { sender, time, epoch: id.epoch, sequence: id.sequence, messages, hops, replier: direct }
    for (let index = 0; index < messages.size; index += 1) inbox.deliver(new Message(source, index), from)
  }
}

/**
 * Refuses what could not be passed on, before anything else: else the next node would close its link with this one. A relay may send the payload
 * compressed or not, whichever way it came, and in an envelope that is longer than the one that it came in.
 * @throws {ProtocolError}
 */
function assertRelayable(flag: Flag, { payload, compressed }: ReceivedEnvelope, bytesMax: number): void {
  const bytes = Math.max(payload.length, compressed?.length ?? 0)
  if (bytes > bytesMax) throw new ProtocolError(`${flag}: a payload of ${bytes} bytes, ${bytesMax} allowed`)
}

function isOfApplication({ flag, passing }: Arrival): boolean {
  return flag === 'broadcast' && passing.channel === 0
}
