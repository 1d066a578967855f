import type { Connection, Environment, Failure } from '@ts2p/base'
import { decodeBroadcast, OutgoingEnvelope } from '@ts2p/protocol'
import type { Flag, Broadcast, Identity, Limits, NodeId, ReceivedEnvelope, SequenceRange, IWant } from '@ts2p/protocol'
import { BroadcastValidator } from '../signing/broadcast-validator.ts'
import type { MessageProof, Signer } from '../signing/signer.ts'
import { LazyPush } from './lazy-push.ts'
import type { SentBroadcast } from '../channels/channel.ts'
import { DeliveryTrace } from './delivery-trace.ts'
import { MessageCache } from './message-cache.ts'
import { LossDetector } from './loss-detector.ts'
import { costs } from '../messages/processing-costs.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import { networkNow } from './network-clock.ts'
import { Sources } from './sources.ts'
import type { Source, ReceivedBroadcast } from './sources.ts'
import { OutgoingBatcher } from './outgoing-batcher.ts'
import type { OutgoingBroadcast } from './outgoing-batcher.ts'
import { IWantResponder } from './iwant-responder.ts'
import type { SourceBudgets } from '../quotas/source-budgets.ts'
import type { Range } from './sequence-set.ts'
import * as tree from './tree.ts'
import { viewTree } from './tree-view.ts'
import type { TreeView } from './tree-view.ts'
import { DrainWaiters } from './drain-waiters.ts'

/** A broadcast that this node has not seen before. */
export interface Arrival {
  readonly flag: Flag
  readonly broadcast: Broadcast
  /** Undefined where messages are not signed. */
  readonly proof: MessageProof | undefined
  readonly source: Source<Connection>
  readonly from: Connection
  /** As it came, and is passed on. */
  readonly passing: ReceivedBroadcast
}

/** Broadcasts: gives them their ids, knows which came, passes them on along the tree of their source, and mends it. */
export class Plumtree {
  /** Callers that wait until they may send more. */
  readonly drainWaiters: DrainWaiters
  readonly deliveryTrace: DeliveryTrace
  readonly #environment: Environment
  readonly #links: () => ReadonlyMap<NodeId, Connection>
  readonly #counters: MeshCounters
  readonly #report: (kind: string, sentence: string, failure?: Failure) => void
  readonly #sources: Sources<Connection>
  readonly #cache: MessageCache<Connection>
  readonly #own: OutgoingBatcher
  readonly #validator: BroadcastValidator
  readonly #lazyPush: LazyPush
  readonly #losses: LossDetector<Connection>
  readonly #iwantResponder: IWantResponder
  /** Since when this node has been in the network, monotonic milliseconds. */
  #memberSince: number | undefined
  /** To how many neighbors the messages that wait go; undefined: not counted yet. */
  #reach: number | undefined

  constructor(options: {
    identity: Identity
    /** Undefined where messages are not signed. */
    signer: Signer | undefined
    budgets: SourceBudgets<Connection>
    environment: Environment
    limits: Limits
    links: () => ReadonlyMap<NodeId, Connection>
    counters: MeshCounters
    report: (kind: string, sentence: string, failure?: Failure) => void
  }) {
    const { identity, signer, environment, limits, counters, links } = options
    this.#environment = environment
    this.#links = links
    this.#counters = counters
    this.#report = options.report
    this.deliveryTrace = new DeliveryTrace((error) =>
      this.#report('observer-failed', `An observer of the application failed: ${String(error)}`, { error }),
    )
    // Not the time: a node that is back within a second would say new things under old ids.
    const epoch = new DataView(environment.randomBytes(4).buffer).getUint32(0)
    const cache = new MessageCache<Connection>({
      bytesMax: limits.repairBytesMax,
      ageMsMax: limits.repairMs,
      onEvicted: (source, broadcast) => this.#iwantResponder.onEvicted(source, broadcast),
    })
    const { sourcesMax, repairMs } = limits
    this.#sources = new Sources({
      sourcesMax,
      key: identity.key,
      epoch,
      onEvicted: (source) => cache.dropSource(source),
    })
    this.#cache = cache
    this.#validator = new BroadcastValidator({
      ...{ signer, budgets: options.budgets, sources: this.#sources, environment, links, report: options.report },
    })
    const memberForMs = (): number =>
      this.#memberSince === undefined ? 0 : environment.monotonicNow() - this.#memberSince
    this.#losses = new LossDetector({
      ...{ sources: this.#sources, environment, repairMs, memberForMs, report: options.report },
    })
    this.#own = new OutgoingBatcher({
      source: identity.key,
      epoch,
      frameBytesMax: limits.frameBytesMax,
      environment,
      now: () => networkNow(environment, links().values()),
      signer,
      spread: (broadcast) => this.#pushOwn(broadcast),
    })
    const { own } = this.#sources
    const drainWaiters = new DrainWaiters(() => own.missed.size > 0 || own.eager.some(({ isCongested }) => isCongested))
    this.drainWaiters = drainWaiters
    this.#iwantResponder = new IWantResponder({
      ...{ environment, sources: this.#sources, report: options.report },
      onSettled: () => drainWaiters.check(),
      send: (link, broadcast) => this.#send(link, envelopeOf(broadcast), broadcast),
    })
    this.#lazyPush = new LazyPush({
      sources: this.#sources,
      environment,
      links,
      counters,
      memberForMs,
    })
  }

  /** This node's place in the tree of each source. */
  trees(): TreeView[] {
    const links = [...this.#links().values()]
    return [...this.#sources].map((source) => viewTree(source, links))
  }

  /** The id of a node, from its hash. */
  idOf(hash: Uint8Array): NodeId {
    return this.#sources.idOf(hash)
  }

  /** The id of the node that has a key. */
  idOfKey(key: Uint8Array): NodeId {
    return this.#sources.idOfKey(key)
  }

  /** Sends a message of the application to all, soon after the current turn. @returns to how many neighbors @throws {MessageTooLargeError} */
  send(packets: readonly Uint8Array[]): number {
    this.#own.add(packets)
    this.#counters.messagesSent += 1
    return (this.#reach ??= tree.eagerPeers(this.#sources.own).length)
  }

  /** Sends another broadcast, at once. @throws {MessageTooLargeError} */
  originate(message: { flag: Flag; channel?: number; statement?: Uint8Array }, content: Uint8Array): SentBroadcast {
    const proof = this.#own.send(message, content)
    this.#counters[message.flag === 'broadcast' ? 'messagesSent' : 'controlSent'] += 1
    return { neighbors: tree.eagerPeers(this.#sources.own).length, proof }
  }

  /** Resolves when none of the links of this node's next broadcast is congested, or was and has not asked for what it missed. */
  writable(): Promise<void> {
    return this.drainWaiters.writable()
  }

  /** The payload, if it fits into a frame. @throws {MessageTooLargeError} */
  fitting(payload: Uint8Array): Uint8Array {
    return this.#own.fitting(payload)
  }

  /** @throws {MessageTooLargeError} when a payload of that length does not fit into a frame */
  assertFits(bytes: number): void {
    this.#own.assertFits(bytes)
  }

  /**
   * Reads a broadcast; undefined if it came before, or is not taken. From here on it counts as received.
   * @throws {ProtocolError} Its source has not signed it, so that no honest neighbor passes it on.
   */
  onBroadcast(
    from: Connection,
    flag: Flag,
    { payload, compressed, hops, channel }: ReceivedEnvelope,
  ): Arrival | undefined {
    const broadcast = decodeBroadcast(payload)
    const now = this.#environment.monotonicNow()
    const { source: key, epoch, sequence } = broadcast.id
    const range = { first: sequence, last: sequence + broadcast.count - 1 }
    const known = this.#sources.find(key, epoch)
    if (known && (known === this.#sources.own || known.received.hasSome(range)))
      return this.#onCopy(known, from, { flag, range })
    const admitted = this.#validator.admit(broadcast, { flag, channel }, { known, from })
    if (!admitted) return undefined
    if ('retryAt' in admitted) {
      const heard = known ? { source: known, isNew: false } : this.#sources.getOrCreateNamed(key, epoch, from)
      return this.#postpone(admitted.retryAt, { ...heard, range, from })
    }
    const { source, isNew } = this.#sources.getOrCreate(key, epoch, from, now)
    const { highest } = source.received
    // Of a source that was forgotten early, what came before is remembered.
    if (!source.received.add(range, now)) return this.#onCopy(source, from, { flag, range })
    this.#losses.check(source)
    this.#counters[flag === 'broadcast' ? 'messagesReceived' : 'controlReceived'] += broadcast.count
    tree.onEagerMessage(source, from, { hops, isNew, links: this.#links().values() })
    if (highest > 0 && range.first > highest + 1)
      this.#lazyPush.onGap(source, { first: highest + 1, last: range.first - 1 }, from)
    const passing = { flag, channel, payload, compressed, hops, receivedAt: now, ...range }
    return { flag, broadcast, proof: admitted.proof, source, from, passing }
  }

  /** Passes a broadcast on, once the layer above has found it good. */
  forward({ source, passing, from }: Arrival): void {
    this.#push(source, passing, from)
  }

  /** A broadcast was taken in: tells whoever wants to know how messages spread. */
  recordDelivery({ flag, broadcast, source, from, passing }: Arrival): void {
    if (!this.deliveryTrace.isObserved) return
    const { id, epoch } = source
    const [sequence, count] = [passing.first, passing.last - passing.first + 1]
    const delayMs = this.#environment.now() - broadcast.time
    const { channel, hops } = passing
    this.deliveryTrace.record({ source: id, epoch, flag, channel, sequence, count, from: from.id, hops, delayMs })
  }

  /** A link is there. */
  onLink(link: Connection): void {
    this.#reach = undefined
    const isFirst = this.#memberSince === undefined
    this.#memberSince ??= this.#environment.monotonicNow()
    // What this node says goes to its neighbors straight.
    tree.graft(this.#sources.own, link)
    this.#lazyPush.onLink(link, { isFirst, isOnly: this.#links().size === 1 })
    this.catchUp(link)
  }

  /** Tells a neighbor that is new, or takes data again, of what is kept. */
  catchUp(link: Connection): void {
    this.drainWaiters.check()
    this.#cache.trim(this.#environment.monotonicNow())
    this.#lazyPush.announceAll(link)
    this.#iwantResponder.expect(link)
  }

  onUnlink(link: Connection): void {
    this.#reach = undefined
    const orphans = [...this.#sources].filter((source) => tree.onPeerDown(source, link))
    this.#lazyPush.onOrphans(orphans, link)
    this.#sources.onUnlink(link)
    this.#validator.onUnlink(link)
    this.#iwantResponder.onUnlink(link)
    this.drainWaiters.check()
  }

  /** A neighbor tells which messages it has. */
  onIHave(from: Connection, ranges: readonly SequenceRange[]): void {
    this.#lazyPush.onIHave(from, ranges)
    this.drainWaiters.check()
  }

  /** A neighbor wants messages. */
  onIWant(from: Connection, wanted: IWant): void {
    this.#iwantResponder.onIWant(from, wanted)
  }

  /** A neighbor has the messages of these sources from elsewhere. */
  onPruned(from: Connection, ranges: readonly SequenceRange[]): void {
    for (const { source: key, epoch } of ranges) {
      const source = this.#sources.find(key, epoch)
      if (source) tree.prune(source, from)
    }
    this.drainWaiters.check()
  }

  /** Sends what waits, and then nothing any more. */
  close(): void {
    this.#own.flush()
    this.#lazyPush.close()
    this.#losses.close()
    this.#iwantResponder.close()
  }

  /** What is dropped now is asked for later: only the link that has brought it may have it. */
  #postpone(
    retryAt: number,
    { source, isNew, range, from }: { source: Source<Connection>; isNew: boolean; range: Range; from: Connection },
  ): undefined {
    if (isNew) from.charge(costs.newSource)
    source.retryAt = retryAt
    this.#lazyPush.onGap(source, range, from)
  }

  /** A copy of what came before: nothing is believed of it, and it needs no verification. */
  #onCopy(source: Source<Connection>, from: Connection, { flag, range }: { flag: Flag; range: Range }): undefined {
    const count = range.last - range.first + 1
    this.#counters[flag === 'broadcast' ? 'duplicatesReceived' : 'controlReceived'] += count
    tree.removeMissed(source, from, range)
    this.drainWaiters.check()
    // Without a parent, a neighbor that sends what is known already may be the next one.
    const isSettled = source === this.#sources.own || source.parent !== undefined
    if (isSettled && from !== source.parent) this.#lazyPush.prune(source, from)
  }

  #pushOwn({ flag, channel, first, last, payload }: OutgoingBroadcast): void {
    this.#reach = undefined
    const own = this.#sources.own
    const now = this.#environment.monotonicNow()
    own.received.add({ first, last }, now)
    this.#push(own, { flag, channel, first, last, payload, compressed: undefined, hops: 0, receivedAt: now }, undefined)
    if (!this.deliveryTrace.isObserved) return
    const { id, epoch } = own
    this.deliveryTrace.record({
      ...{ source: id, epoch, flag, channel, sequence: first, count: last - first + 1 },
      ...{ from: undefined, hops: 0, delayMs: 0 },
    })
  }

  #push(source: Source<Connection>, broadcast: ReceivedBroadcast, from: Connection | undefined): void {
    this.#lazyPush.onDelivered(source, broadcast, from)
    const envelope = envelopeOf(broadcast)
    const wanted = source.eager.length
    const { isUrgent } = envelope
    if (!isUrgent) tree.skipCongested(source, broadcast)
    if (from) tree.removeMissed(source, from, broadcast)
    const links = isUrgent ? tree.urgentPeers(source) : source.eager
    for (const link of links) if (link !== from) this.#send(link, envelope, broadcast)
    if (wanted > links.length) {
      this.#environment.log('info', 'announced to a congested neighbor instead of sent', { source: source.id })
    }
    this.#cache.add(source, broadcast)
  }

  #send(link: Connection, envelope: OutgoingEnvelope, { first, last }: Range): void {
    this.#counters.payloadSent += last - first + 1
    link.send(envelope)
  }
}

function envelopeOf({ flag, channel, payload, compressed, hops }: ReceivedBroadcast): OutgoingEnvelope {
  // Without a route messages cannot be sent: the questions for it must not wait behind others.
  const isUrgent = flag === 'request' || flag === 'response'
  // What came uncompressed was not worth it.
  const options = { hops: hops + 1, channel, isUrgent }
  return new OutgoingEnvelope(flag, payload, hops === 0 ? options : { ...options, compressed })
}
