import { PeerLostError } from '@ts2p/base'
import type { Connection, Environment } from '@ts2p/base'
import type { NodeId } from '@ts2p/protocol'
import { DirectStream } from './direct-stream.ts'

/** Most streams kept, including idle ones, which remember their round trip. */
const streamsMax = 1024

/** The streams of this node to others, each with its timer. */
export class DirectStreams {
  readonly #environment: Environment
  readonly #payloadBytesMax: number
  readonly #hasRequests: (target: NodeId) => boolean
  readonly #onDue: (stream: DirectStream) => void
  /** Used least lately first. */
  readonly #streams = new Map<NodeId, DirectStream>()

  constructor(options: {
    environment: Environment
    /** Most bytes of a frame's payload. */
    payloadBytesMax: number
    /** Whether requests wait for an answer of a node. */
    hasRequests: (target: NodeId) => boolean
    /** Something is due for a stream. */
    onDue: (stream: DirectStream) => void
  }) {
    this.#environment = options.environment
    this.#payloadBytesMax = options.payloadBytesMax
    this.#hasRequests = options.hasRequests
    this.#onDue = options.onDue
  }

  *[Symbol.iterator](): Iterator<DirectStream> {
    yield* this.#streams.values()
  }

  find(target: NodeId): DirectStream | undefined {
    return this.#streams.get(target)
  }

  /** The stream to a node, which is new if there is none. */
  open(target: NodeId): { readonly stream: DirectStream; readonly isNew: boolean } {
    const known = this.#streams.get(target)
    const stream = known ?? new DirectStream(target, { epoch: this.newEpoch(), payloadBytesMax: this.#payloadBytesMax })
    // Before the new stream is there, which is idle still.
    if (!known && this.#streams.size >= streamsMax) this.#closeIdle()
    this.#streams.delete(target)
    this.#streams.set(target, stream)
    return { stream, isNew: known === undefined }
  }

  /** A random name for a stream. */
  newEpoch(): number {
    return new DataView(this.#environment.randomBytes(4).buffer).getUint32(0)
  }

  /** Whether something of the target is waited for. */
  isExpecting({ window, target }: DirectStream): boolean {
    return !window.isEmpty || this.#hasRequests(target)
  }

  /** Sets the time of the next `onDue` call, monotonic milliseconds; undefined: none. */
  wake(stream: DirectStream, dueAt: number | undefined): void {
    const now = this.#environment.monotonicNow()
    const { timer } = stream
    // A timer that fires too early does nothing, which costs less than a timer for each message.
    if (timer && timer.dueAt > now && timer.dueAt <= (dueAt ?? Number.POSITIVE_INFINITY)) return
    timer?.cancel()
    stream.timer = undefined
    if (dueAt === undefined) return
    const cancel = this.#environment.setTimer(Math.max(1, dueAt - now), () => {
      stream.timer = undefined
      this.#onDue(stream)
    })
    stream.timer = { dueAt, cancel }
  }

  /** Ends a stream, since the target cannot be reached or this node closes. Rejects the messages that are not acknowledged. */
  end(stream: DirectStream, error: Error = new PeerLostError('unreachable', stream.target)): Error {
    stream.timer?.cancel()
    stream.timer = undefined
    this.#streams.delete(stream.target)
    for (const { onFailed } of stream.window.clear()) onFailed(error)
    return error
  }

  /** The streams whose messages went by a link, or to its other end. */
  by(connection: Connection): DirectStream[] {
    return [...this.#streams.values()].filter(({ via, target }) => via === connection || target === connection.id)
  }

  #closeIdle(): void {
    for (const stream of this.#streams.values()) {
      if (this.isExpecting(stream)) continue
      this.end(stream)
      return
    }
  }
}
