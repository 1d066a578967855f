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
import type { Arrival, Gossip } from '../broadcast/gossip.ts'
import { payloadBytesMax } from '../broadcast/own-messages.ts'
import { costs } from './costs.ts'
import type { Inbox } from './inbox.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import type { Channels } from '../channels/channels.ts'
import type { Verdict } from '../channels/channel.ts'
import { Message } from './message.ts'
import type { PeerManager } from '../membership/peer-manager.ts'
import type { Whispers } from './whispers.ts'

/** How many nodes one list has at most. */
const peersMax = 256

/** Messages that nodes pass on to others. */
const relayedFlags: ReadonlySet<Flag> = new Set(['broadcast', 'request', 'response', 'forward', 'acknowledge'])

/** The parts to which the intake hands what arrives. */
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
}

/** Takes what arrives on links, hands it to the part that it is for, and passes on the broadcasts that were accepted. */
export class Intake {
  readonly #options: IntakeOptions

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** Takes one message of a neighbor. Returns 'reject' if no honest node sends it. @throws {ProtocolError} */
  take(from: Connection, flag: Flag, payload: Uint8Array, received: ReceivedEnvelope): Verdict {
    const { direct, gossip, whispers, channels } = this.#options
    const { channel } = received
    if (relayedFlags.has(flag)) assertRelayable(flag, received, payloadBytesMax(this.#options.limits))
    switch (flag) {
      case 'broadcast':
      case 'request':
      case 'response':
        return this.#takeFlood(gossip.receive(from, flag, received))
      case 'whisper': {
        if (channel !== 0) return channels.onMessage(channel, payload, from)
        const flood = whispers.receive(from, payload)
        if (flood === 'reject') return 'reject'
        if (flood) this.#deliver(from.id, flood, decodePackets(flood.content, flood.count), { from, hops: 1 })
        return 'ignore'
      }
      case 'forward':
      case 'acknowledge':
        direct.receive(decodeDirect(payload), received.frameBytes, from)
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
      const peers = decodePeers(payload, peersMax)
      from.charge(peers.length * costs.peerRecord)
      return peerManager.onPeers(from, peers.slice(0, limits.exchangeAddressesMax))
    }
    const wanted = flag === 'resend' ? decodeIWant(payload) : undefined
    const ranges = wanted?.ranges ?? decodeIHave(payload)
    from.charge(ranges.length * costs.receivedRange)
    if (wanted) gossip.onWanted(from, wanted)
    else if (flag === 'notify') gossip.onTold(from, ranges)
    else gossip.onPruned(from, ranges)
  }

  #takeFlood(arrival: Arrival | undefined): Verdict {
    if (!arrival) return 'ignore'
    const { direct, gossip } = this.#options
    const { flood, from, source, passing } = arrival
    direct.learn(source.id, from.id)
    // Read before it is passed on: what cannot be read goes no further.
    const messages = isOfApplication(arrival) ? decodePackets(flood.content, flood.count) : undefined
    const verdict = messages ? 'accept' : this.#judge(arrival)
    if (verdict === 'accept') gossip.forward(arrival)
    if (messages) this.#deliver(source.id, flood, messages, { from, hops: passing.hops })
    gossip.tellFirstCopy(arrival)
    return verdict
  }

  #judge(arrival: Arrival): Verdict {
    const { direct, gossip, ourId, channels } = this.#options
    const { flag, flood, source, from, passing, proof } = arrival
    if (flood.count !== 1) return 'reject'
    if (passing.channel !== 0) {
      return channels.onBroadcast(passing.channel, flood.content, { source: source.id, from, proof })
    }
    if (flag === 'request') {
      // The length first: to spell a long one as an id would take hours.
      if (flood.content.length !== nodeKeyBytes) return 'reject'
      if (gossip.idOf(flood.content) === ourId) direct.onRouteQuestion()
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
