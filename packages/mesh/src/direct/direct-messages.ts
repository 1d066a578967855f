import { ClosedError } from '@ts2p/base'
import type { Connection, Environment } from '@ts2p/base'
import {
  decodeAcknowledgment,
  decodeDirectContent,
  identityFromKey,
  PacketLists,
  ProtocolError,
  textFromBytes,
} from '@ts2p/protocol'
import type { Direct, DirectContent, DirectKind, Identity, NodeId } from '@ts2p/protocol'
import type { Plumtree } from '../broadcast/plumtree.ts'
import { messageWork } from '../messages/processing-costs.ts'
import { ReplayWindow } from '../quotas/replay-window.ts'
import type { SourceBudgets } from '../quotas/source-budgets.ts'
import { freshMs } from '../signing/signer.ts'
import type { Signer } from '../signing/signer.ts'
import { RemoteError } from '../errors.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import type { ApplicationInbox } from '../messages/application-inbox.ts'
import { Message } from '../messages/message.ts'
import type { Packet, Replier } from '../messages/message.ts'
import { packetsToBytes } from '../messages/packets.ts'
import { DirectRelay } from './direct-relay.ts'
import { DirectSender } from './direct-sender.ts'
import { ReceiveWindows } from './receive-windows.ts'
import { Requests } from './requests.ts'
import type { RequestKey } from './requests.ts'
import { RouteResponder } from './route-responder.ts'
import { Routes } from './routes.ts'
import type { OutgoingMessage } from './send-window.ts'
import { isSystemFrame, isSystemType } from './internal-message-types.ts'

/** Most bytes of a frame besides its packets (hashes, acknowledgment, lengths), and of each packet besides its own. */
const [frameBytes, packetBytes] = [512, 8] as const

/** How many characters of an error message the answer to a failed request has at most. */
const failureCharactersMax = 1000

/** What kind of message it is. */
export interface DirectOptions {
  readonly kind?: DirectKind
  /** The request of the target that it answers. */
  readonly answers?: RequestKey
}

/** Messages for this node. */
interface DirectArrival extends Pick<DirectContent, 'epoch' | 'first' | 'messages' | 'kinds' | 'answered'> {
  readonly sender: NodeId
  readonly time: number
  /** Which of the messages have come for the first time, ascending. */
  readonly indices: readonly number[]
  /** The link that brought them; undefined: this node has sent them to itself. */
  readonly from: Connection | undefined
}

/**
 * Messages to one node, linked or not, each delivered once. The source numbers and repeats them, the target acknowledges them, and relays
 * forward frames hop by hop and keep nothing.
 */
export class DirectMessages implements Replier {
  readonly #plumtree: Plumtree
  readonly #signer: Signer | undefined
  readonly #budgets: SourceBudgets<Connection>
  readonly #report: (code: string, sentence: string) => void
  readonly #networkNow: () => number
  readonly #environment: Environment
  readonly #ourId: NodeId
  readonly #inbox: ApplicationInbox
  readonly #routes: Routes
  readonly #requests: Requests
  readonly #sender: DirectSender
  readonly #relay: DirectRelay
  readonly #routeAnswers: RouteResponder
  readonly #received = new ReceiveWindows()
  readonly #replayWindow = new ReplayWindow<Connection>(freshMs)
  /** The stream of this node to itself, and the sequence of its next message. */
  readonly #toSelf: { readonly epoch: number; next: number }
  #closedBy: Error | undefined

  /**
   * @param options.dial dials a node, if its address is known and it is not linked
   * @param options.inbox takes the messages for this node's application
   */
  constructor(options: {
    plumtree: Plumtree
    environment: Environment
    identity: Pick<Identity, 'id' | 'key'>
    /** Undefined where messages are not signed. */
    signer: Signer | undefined
    budgets: SourceBudgets<Connection>
    report: (code: string, sentence: string) => void
    /** The clock of the network, milliseconds since 1970. */
    networkNow: () => number
    counters: MeshCounters
    /** Most bytes of a frame's payload. */
    payloadBytesMax: number
    links: () => ReadonlyMap<NodeId, Connection>
    dial: (id: NodeId) => void
    inbox: ApplicationInbox
  }) {
    const { plumtree, environment, identity, signer, networkNow, counters, payloadBytesMax, links, dial } = options
    const routes = new Routes((id) => links().get(id))
    const requests = new Requests(environment)
    this.#plumtree = plumtree
    this.#signer = signer
    this.#budgets = options.budgets
    this.#report = options.report
    this.#networkNow = networkNow
    this.#environment = environment
    this.#ourId = identity.id
    this.#inbox = options.inbox
    this.#routes = routes
    this.#requests = requests
    this.#sender = new DirectSender({
      ...{ plumtree, environment, identity, signer, networkNow, counters, payloadBytesMax, routes, requests, dial },
      isLinked: () => links().size > 0,
    })
    this.#relay = new DirectRelay({
      ...{ identity, signer, routes },
      idOf: (hash) => plumtree.idOf(hash),
      idOfKey: (key) => plumtree.idOfKey(key),
      onDropped: () => (counters.directDropped += 1),
    })
    this.#routeAnswers = new RouteResponder(
      environment,
      () => void plumtree.originate({ flag: 'response' }, new Uint8Array(0)),
    )
    this.#toSelf = { epoch: this.#sender.newEpoch(), next: 1 }
  }

  /** Something of this source came first by this neighbor. */
  learn(source: NodeId, neighbor: NodeId): void {
    this.#routes.learn(source, neighbor)
  }

  /** Sends packets to a node; resolves when it has acknowledged them. @throws {PeerLostError} @throws {MessageTooLargeError} */
  async send(target: NodeId, packets: readonly Uint8Array[], options: DirectOptions = {}): Promise<void> {
    const content = this.#contentOf(packets, options)
    await new Promise<void>((resolve, reject) => {
      this.#add(target, { ...content, onAcknowledged: resolve, onFailed: reject })
    })
  }

  /**
   * Sends packets to a node; resolves with the first answer to it.
   * @throws {PeerLostError} @throws {RequestTimeoutError} @throws {RemoteError} @throws {MessageTooLargeError}
   */
  async request(target: NodeId, packets: readonly Uint8Array[], timeoutMs: number): Promise<Message> {
    const name = this.#add(target, {
      ...this.#contentOf(packets, { kind: 'request' }),
      onAcknowledged: () => this.#requests.acknowledge(target, name),
      onFailed: (error) => this.#requests.fail(target, name, error),
    })
    return this.#requests.expect(target, name, timeoutMs)
  }

  /** Answers the sender of a message. @throws {PeerLostError} @throws {MessageTooLargeError} @throws {ArgumentError} @throws {ClosedError} */
  async reply({ sender, epoch, sequence, isRequest, type }: Message, packets: readonly Packet[]): Promise<void> {
    if (this.#closedBy) throw new ClosedError('reply')
    const asked = isRequest ? ({ kind: 'answer', answers: { epoch, sequence } } as const) : {}
    await this.send(sender, packetsToBytes(isSystemType(type) ? type : 'whisper', packets), asked)
  }

  /**
   * Takes a frame of a neighbor: passes it on if it is for another node.
   * @param receivedBytes how long it is
   * @throws {ProtocolError} Its source has not signed it, so that no honest neighbor passes it on.
   */
  onFrame(direct: Direct, receivedBytes: number, from: Connection): void {
    const source = this.#plumtree.idOfKey(direct.source)
    const content = direct.content.length > 0 ? decodeDirectContent(direct.content) : undefined
    const acknowledgment = direct.acknowledgment.length > 0 ? decodeAcknowledgment(direct.acknowledgment) : undefined
    const target = this.#plumtree.idOf(direct.target)
    const { dropped } = direct
    if (content && isSystemFrame(content.messages)) from.discount({ receivedBytes })
    // Only a report of dropped messages is believed without a signature, of the link on which they were sent.
    if (content || acknowledgment || !dropped) {
      // What a neighbor itself sends to this node needs none. To pass it on without one would cost this node its link with the next.
      if ((source !== from.id || target !== this.#ourId) && !this.#isSound(direct, content, { source, from })) return
      this.learn(source, from.id)
    }
    if (target !== this.#ourId) return this.#relay.pass(direct, content, target, from)
    if (dropped) return this.#sender.onDropped(this.#plumtree.idOf(dropped.target), dropped, from)
    this.#sender.onHeard(source, acknowledgment)
    // After a close nobody takes a message: its source is not told that it has arrived.
    if (content && !this.#closedBy) this.#onContent(content, { source, from, direct })
  }

  /** A node asks for the route to this one. */
  onRouteQuestion(): void {
    this.#routeAnswers.onQuestion()
  }

  /** The target has answered a route question: the neighbor that brought the answer leads to it. */
  onRouteFound(target: NodeId): void {
    this.#sender.onRouteFound(target)
  }

  onLink(connection: Connection): void {
    this.#sender.onLink(connection)
  }

  /** A link takes data again. */
  onWritable(connection: Connection): void {
    this.#sender.onWritable(connection)
  }

  onUnlink(connection: Connection): void {
    this.#received.onUnlink(connection)
    this.#replayWindow.onUnlink(connection)
    this.#sender.onUnlink(connection)
  }

  /** Sends what waits for the end of the tick, and rejects all sends and requests that are pending. */
  close(error: Error): void {
    this.#closedBy = error
    this.#sender.close(error)
    this.#routeAnswers.close()
    this.#requests.close(error)
  }

  /**
   * Whether a message that a relay has brought is signed, and may be new: what was sent long ago, or has come already, is repeated by a liar, and
   * neither charged to its source nor passed on.
   * @throws {ProtocolError} Its source has not signed it.
   */
  #isSound(
    direct: Direct,
    content: DirectContent | undefined,
    { source, from }: { source: NodeId; from: Connection },
  ): boolean {
    if (!this.#signer) return true
    const { time, signature } = direct
    if (!this.#isFresh(time, source, from)) return false
    // Acknowledgments overtake messages.
    const stream = `${source}${content && content.messages.size > 0 ? ' messages' : ''}`
    if (signature && !this.#replayWindow.mayBeNew(stream, signature, time)) return false
    const now = this.#environment.monotonicNow()
    const hasRoom = this.#budgets.hasRoom(source, from, now)
    if (hasRoom && !(signature && this.#signer.isDirectSigned(direct)))
      throw new ProtocolError('direct.signature: not of its source')
    if (!hasRoom || !signature || !this.#replayWindow.add(stream, { signature, time, link: from, now })) {
      // The source sends it again.
      this.#relay.drop(direct, content, 'congested', from)
      return false
    }
    const count = content?.messages.size ?? 0
    this.#budgets.charge(source, from, now, messageWork({ count, content: direct.content }))
    return true
  }

  #isFresh(time: number, source: NodeId, from: Connection): boolean {
    const ageMs = this.#networkNow() - time
    if (Math.abs(ageMs) <= freshMs) return true
    this.#report(
      'stale-message',
      `The node ${from.id} brings a message of ${source} that is ${Math.round(ageMs / 1000)} s old: it is dropped, since it may be a repetition. Compare the clocks of the nodes.`,
    )
    return false
  }

  #onContent(
    content: DirectContent,
    { source, from, direct }: { source: NodeId; from: Connection; direct: Direct },
  ): void {
    const { epoch, first, messages, kinds, answered } = content
    const now = this.#environment.monotonicNow()
    const window = this.#received.windowOf(source, content, from, now)
    if (!window) return
    const all = Array.from({ length: messages.size }, (_, index) => index)
    const indices = all.filter((index) => window.add(first + index))
    this.#sender.acknowledge(source, identityFromKey(direct.source).hash, window.acknowledgment)
    if (indices.length === 0) return
    this.#deliver({ sender: source, time: direct.time, epoch, first, messages, kinds, answered, indices, from })
  }

  /** Settles the requests of this node that are answered, and gives the other messages to the inbox. */
  #deliver(arrival: DirectArrival): void {
    const { sender, time, epoch, first: sequence, messages, kinds, from } = arrival
    const source = { sender, time, epoch, sequence, messages, hops: 0, kinds, replier: this }
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
      if (kinds[index] === 'failure') this.#requests.fail(sender, name, remoteErrorOf(message))
      else if (kinds[index] !== 'answer' || !this.#requests.settle(name, message)) this.#offer(message, from)
    }
  }

  #offer(message: Message, from: Connection | undefined): void {
    const onFailed = (error: unknown): void => this.replyFailure(message, error)
    // A node without a handler for a message of ts2p itself does not show it to the application.
    if (isSystemType(message.type)) this.#inbox.offer(message, from, onFailed)
    else this.#inbox.deliver(message, from, onFailed)
  }

  /** Tells the sender of a request that it failed here. Nobody waits for the acknowledgment. */
  replyFailure({ sender, epoch, sequence }: Message, error: unknown): void {
    if (this.#closedBy) return
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
    const packets = packetsToBytes('failure', [name, message.slice(0, failureCharactersMax)])
    this.send(sender, packets, { kind: 'failure', answers: { epoch, sequence } }).catch(() => undefined)
  }

  #add(target: NodeId, message: OutgoingMessage): RequestKey {
    return target === this.#ourId ? this.#addToSelf(message) : this.#sender.add(target, message)
  }

  #addToSelf({ packets, kind, answers, onAcknowledged, onFailed }: OutgoingMessage): RequestKey {
    const { epoch, next: first } = this.#toSelf
    this.#toSelf.next += 1
    const answered = answers && { epoch: answers.epoch, sequences: [answers.sequence] }
    this.#environment.defer(() => {
      if (this.#closedBy) return onFailed(this.#closedBy)
      onAcknowledged()
      this.#deliver({
        ...{ sender: this.#ourId, from: undefined, time: this.#environment.now(), epoch, first, answered },
        ...{ messages: PacketLists.of([packets]), indices: [0], kinds: [kind] },
      })
    })
    return { epoch, sequence: first }
  }

  /** @throws {MessageTooLargeError} */
  #contentOf(
    packets: readonly Uint8Array[],
    { kind = 'message', answers }: DirectOptions,
  ): Pick<OutgoingMessage, 'packets' | 'bytes' | 'kind' | 'answers'> {
    let bytes = frameBytes + packetBytes * packets.length
    for (const packet of packets) bytes += packet.length
    this.#plumtree.assertFits(bytes)
    // Kept until they are acknowledged, whatever the application does to its own meanwhile.
    return { packets: packets.map((packet) => packet.slice()), bytes, kind, answers }
  }
}

/** The packets of a failure: a type, the error's name, its message. */
function remoteErrorOf(failure: Message): RemoteError {
  const [, name, message] = failure.packets.map(textFromBytes)
  return new RemoteError(failure.sender, { name: name ?? 'Error', message: message ?? '' })
}
