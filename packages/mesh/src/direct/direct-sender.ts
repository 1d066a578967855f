import type { CancelTimer, Connection, Environment } from '@ts2p/base'
import { PacketLists } from '@ts2p/protocol'
import type { Acknowledgment, Direct, Dropped, Identity, NodeId, OutgoingEnvelope } from '@ts2p/protocol'
import type { Plumtree } from '../broadcast/plumtree.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import { directFrame } from './direct-frame.ts'
import type { DirectParts } from './direct-frame.ts'
import type { DirectStream } from './direct-stream.ts'
import { DirectStreams } from './direct-streams.ts'
import type { RouteState } from './reachability.ts'
import type { RequestKey, Requests } from './requests.ts'
import type { Routes } from './routes.ts'
import type { NumberedMessage, OutgoingMessage } from './send-window.ts'
import { isSystemFrame, sendCounted } from './internal-message-types.ts'
import type { Signer } from '../signing/signer.ts'

/** What the sender needs of the node. */
export interface DirectSenderOptions {
  readonly plumtree: Plumtree
  readonly environment: Environment
  readonly identity: Pick<Identity, 'id' | 'key'>
  /** Undefined where messages are not signed. */
  readonly signer: Signer | undefined
  /** The clock of the network, milliseconds since 1970. */
  readonly networkNow: () => number
  readonly counters: MeshCounters
  /** Most bytes of a frame's payload. */
  readonly payloadBytesMax: number
  readonly routes: Routes
  readonly requests: Requests
  /** Whether this node has links. */
  readonly isLinked: () => boolean
  /** Dials a node, if its address is known and it is not linked. */
  readonly dial: (id: NodeId) => void
}

/**
 * Sends messages to single nodes: a stream with a window of messages for each target, in frames that leave at the end of the tick, with the
 * acknowledgment of what the target has sent. Where no route is known, all nodes are asked for it, once for all messages that wait.
 */
export class DirectSender {
  readonly #options: DirectSenderOptions
  readonly #streams: DirectStreams
  /** Those with something to send at the end of the tick. */
  #ready = new Set<DirectStream>()
  #acknowledgments = new Map<NodeId, { readonly hash: Uint8Array; readonly acknowledgment: Acknowledgment }>()
  #isFlushDue = false
  /** Acknowledgments wait a little longer, for answers that take them along. */
  #cancelAcknowledging: CancelTimer | undefined

  constructor(options: DirectSenderOptions) {
    const { environment, requests } = options
    this.#options = options
    this.#streams = new DirectStreams({
      ...{ environment, payloadBytesMax: options.payloadBytesMax },
      hasRequests: (target) => requests.pendingTo(target) > 0,
      onDue: (stream) => this.#serve(stream),
    })
  }

  /** A random name for a stream. */
  newEpoch(): number {
    return this.#streams.newEpoch()
  }

  /** Sends a message at the end of the tick, or when there is room for it. */
  add(target: NodeId, message: OutgoingMessage): RequestKey {
    const { stream, isNew } = this.#streams.open(target)
    const { window, reachability } = stream
    const link = this.#options.routes.linkTo(target)
    if (isNew && link?.id === target) stream.learnRoundTrip(link)
    if (!this.#streams.isExpecting(stream)) reachability.expect(this.#now())
    const sequence = window.add(message)
    this.#serveLater(stream)
    return { epoch: window.epoch, sequence }
  }

  /** Acknowledges messages at the end of the tick. */
  acknowledge(source: NodeId, hash: Uint8Array, acknowledgment: Acknowledgment): void {
    this.#acknowledgments.set(source, { hash, acknowledgment })
    this.#cancelAcknowledging ??= this.#options.environment.setTimer(0, () => this.#acknowledgeAll())
  }

  /** A frame of a node's own has come. */
  onHeard(source: NodeId, acknowledgment: Acknowledgment | undefined): void {
    const stream = this.#streams.find(source)
    if (!stream) return
    const now = this.#now()
    const { window, roundTrip, reachability } = stream
    if (reachability.isAsking) this.#resume(stream)
    reachability.onReply(now)
    if (acknowledgment?.epoch !== window.epoch) return
    const { messages, roundTripMs } = window.acknowledge(acknowledgment, now, roundTrip.smoothedMs)
    if (roundTripMs !== undefined) roundTrip.add(roundTripMs)
    if (messages.length > 0) reachability.restart(now)
    for (const { onAcknowledged } of messages) onAcknowledged()
    this.#serveLater(stream)
  }

  /** Messages were dropped. Only the neighbor that they were given to can say so, of itself or of a node behind it. */
  onDropped(target: NodeId, dropped: Dropped, from: Connection): void {
    const stream = this.#streams.find(target)
    if (stream?.via !== from || stream.window.epoch !== dropped.epoch || stream.target === from.id) return
    const now = this.#now()
    if (dropped.reason === 'congested') {
      stream.reachability.delay(now)
      stream.window.onCongested(dropped, now, stream.roundTrip.timeoutMs)
    } else {
      this.#options.routes.remove(target, from.id)
      stream.window.markAllLost()
      if (this.#streams.isExpecting(stream)) stream.reachability.onRouteLost(now, false)
    }
    this.#serveLater(stream)
  }

  /** The target has answered a route question. */
  onRouteFound(target: NodeId): void {
    const stream = this.#streams.find(target)
    if (stream?.reachability.isAsking) this.#resume(stream)
    else stream?.reachability.onReply(this.#now())
  }

  /** There is a link: with a target, or to ask by. */
  onLink(connection: Connection): void {
    const now = this.#now()
    for (const stream of this.#streams) {
      if (stream.target === connection.id) {
        stream.learnRoundTrip(connection)
        this.#resume(stream)
      } else if (stream.reachability.isAsking) {
        stream.reachability.hurry(now)
        this.#serveLater(stream)
      }
    }
  }

  /** A link takes data again. */
  onWritable(connection: Connection): void {
    for (const stream of this.#streams.by(connection)) this.#serveLater(stream)
  }

  /** A link has ended: what was under way on it is lost, and the node at its other end may be gone. */
  onUnlink(connection: Connection): void {
    this.#options.routes.removeNeighbor(connection.id)
    for (const stream of this.#streams.by(connection)) {
      stream.window.markAllLost()
      if (!this.#streams.isExpecting(stream)) continue
      stream.reachability.onRouteLost(this.#now(), stream.target === connection.id)
      this.#serveLater(stream)
    }
  }

  /** Sends what waits for the end of the tick, and gives up what is not acknowledged. */
  close(error: Error): void {
    this.#flush()
    this.#acknowledgeAll()
    for (const stream of this.#streams) this.#streams.end(stream, error)
  }

  /** The target can be reached again: what was under way is sent once more, since it may have been lost. */
  #resume(stream: DirectStream): void {
    stream.reachability.onReply(this.#now())
    stream.window.markAllLost()
    this.#serveLater(stream)
  }

  #serveLater(stream: DirectStream): void {
    this.#ready.add(stream)
    this.#flushLater()
  }

  #flushLater(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    this.#options.environment.defer(() => this.#flush())
  }

  #flush(): void {
    this.#isFlushDue = false
    const ready = this.#ready
    this.#ready = new Set()
    for (const stream of ready) this.#serve(stream)
  }

  #acknowledgeAll(): void {
    this.#cancelAcknowledging?.()
    this.#cancelAcknowledging = undefined
    const acknowledgments = this.#acknowledgments
    this.#acknowledgments = new Map()
    for (const [target, { hash, acknowledgment }] of acknowledgments) {
      const link = this.#options.routes.linkTo(target)
      link?.send(this.#frame({ target: hash, acknowledgment }, link, target))
    }
  }

  /** Does what is due for a target, and sends what there is room for. */
  #serve(stream: DirectStream): void {
    const { target, window, reachability } = stream
    // It was given up in this tick.
    if (this.#streams.find(target) !== stream) return
    if (!this.#streams.isExpecting(stream)) return this.#streams.wake(stream, undefined)
    if (!this.#runStep(stream)) return
    const now = this.#now()
    const link = this.#options.routes.linkTo(target)
    if (link && !reachability.isAsking) {
      stream.via = link
      while (!link.isCongested) {
        if (!window.hasUnderWay) reachability.restart(now)
        const batch = window.nextToSend(now)
        if (batch.length === 0) break
        this.#send(stream, batch, link)
      }
    }
    const dueAt = reachability.dueAt(this.#stateOf(stream)) ?? Number.POSITIVE_INFINITY
    const restUntil = window.restUntil > now ? window.restUntil : Number.POSITIVE_INFINITY
    const wakeAt = Math.min(dueAt, restUntil)
    this.#streams.wake(stream, Number.isFinite(wakeAt) ? wakeAt : undefined)
  }

  /** @returns whether there is still hope */
  #runStep(stream: DirectStream): boolean {
    const { plumtree, counters, requests, dial } = this.#options
    const { target, hash, window, reachability } = stream
    switch (reachability.step(this.#now(), this.#stateOf(stream))) {
      case 'wait':
        return true
      case 'repeat':
        window.markOldestLost()
        return true
      case 'probe':
        this.#probe(stream)
        return true
      case 'ask':
        window.markAllLost()
        dial(target)
        counters.routeQuestionsSent += 1
        plumtree.originate({ flag: 'request' }, hash)
        return true
      case 'dial':
        dial(target)
        return true
      case 'give-up':
        requests.failAll(target, this.#streams.end(stream))
        return false
    }
  }

  #stateOf(stream: DirectStream): RouteState {
    const { target, window, roundTrip } = stream
    const link = this.#options.routes.linkTo(target)
    return {
      canAsk: this.#options.isLinked(),
      hasLink: link !== undefined,
      isNeighbor: link?.id === target,
      isBusy: link !== undefined && stream.isBusy(link),
      hasUnderWay: window.hasUnderWay,
      isAwaited: this.#options.requests.pendingTo(target) > 0,
      roundTrip,
    }
  }

  #send(stream: DirectStream, batch: readonly NumberedMessage[], link: Connection): void {
    const { target, hash, window } = stream
    const { counters } = this.#options
    const kinds = batch.map(({ kind }) => kind)
    const answers = batch.flatMap((message) => message.answers ?? [])
    const acknowledgment = this.#acknowledgments.get(target)?.acknowledgment
    this.#acknowledgments.delete(target)
    const messages = PacketLists.of(batch.map(({ packets }) => packets))
    if (!isSystemFrame(messages)) {
      counters.directSent += batch.length
      counters.directRepeated += batch.filter(({ timesSent }) => timesSent > 1).length
    }
    const content = {
      ...{ epoch: window.epoch, first: batch[0]?.sequence ?? 1, oldest: window.oldest },
      messages,
      kinds: kinds.every((kind) => kind === 'message') ? [] : kinds,
      answered: answers[0] && { epoch: answers[0].epoch, sequences: answers.map(({ sequence }) => sequence) },
    }
    sendCounted(link, this.#frame({ target: hash, content, acknowledgment }, link, target), messages)
    stream.recordSent(link)
  }

  #probe({ target, hash, window }: DirectStream): void {
    const { epoch, next: first, oldest } = window
    const link = this.#options.routes.linkTo(target)
    link?.send(this.#frame({ target: hash, content: { epoch, first, oldest, isProbe: true } }, link, target))
  }

  /** A frame of this node, signed if others pass it on: the link with the target itself has proven whose it is. */
  #frame(parts: Omit<DirectParts, 'source' | 'time'>, link: Connection, target: NodeId): OutgoingEnvelope {
    const { identity, signer, networkNow } = this.#options
    const sign = link.id === target ? undefined : (direct: Direct): Uint8Array | undefined => signer?.signDirect(direct)
    return directFrame({ ...parts, source: identity.key, time: networkNow() }, sign)
  }

  #now(): number {
    return this.#options.environment.monotonicNow()
  }
}
