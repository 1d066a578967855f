import { ArgumentError, callIsolated } from '@ts2p/base'
import type { Connection, Failure } from '@ts2p/base'
import type { Message } from './message.ts'

/**
 * Looks at a message; `true` takes it, and no later handler and no `recv()` sees it. A request whose handler throws, or returns a promise
 * that is rejected, is answered with that error.
 * @param connection the link that brought the message; undefined if this node has sent it to itself
 */
export type MessageHandler = (message: Message, connection: Connection | undefined) => boolean | undefined | void

/**
 * The application's messages: each goes through its handlers, in the order in which they were registered, then into a queue for `recv()`.
 * When the application takes none from the queue, the oldest are dropped, and an issue reports it.
 */
export class ApplicationInbox {
  readonly #bytesMax: number
  readonly #report: (code: string, message: string, failure?: Failure) => void
  readonly #onQueued: () => void
  /** Replaced at each change, so that a message meets those that were there when it came. */
  #handlers: readonly { readonly handler: MessageHandler }[] = []
  #queue: Message[] = []
  /** How many messages of #queue are taken. */
  #taken = 0
  #bytes = 0

  constructor(options: {
    bytesMax: number
    report: (code: string, message: string, failure?: Failure) => void
    /** A message that no handler took is in the queue. */
    onQueued: () => void
  }) {
    this.#bytesMax = options.bytesMax
    this.#report = options.report
    this.#onQueued = options.onQueued
  }

  /** @returns what removes it: calling it twice does nothing */
  register(handler: MessageHandler): () => void {
    if (typeof handler !== 'function') throw new ArgumentError('handler', 'a function', handler)
    // One function may be registered several times: each place has an object of its own.
    const entry = { handler }
    this.#handlers = [...this.#handlers, entry]
    return () => {
      this.#handlers = this.#handlers.filter((each) => each !== entry)
    }
  }

  /**
   * Shows a message to the handlers only.
   * @param onFailed called when a handler of a request throws, or its promise is rejected
   */
  offer(message: Message, connection: Connection | undefined, onFailed: (error: unknown) => void): void {
    this.#isTaken(message, connection, onFailed)
  }

  /** Shows a message to the handlers, and queues it if none takes it. @param onFailed as for `offer`; broadcasts are never requests */
  deliver(message: Message, connection: Connection | undefined, onFailed: (error: unknown) => void = ignore): void {
    if (this.#isTaken(message, connection, onFailed)) return
    message.detach()
    this.#queue.push(message)
    this.#bytes += message.bytes
    while (this.#bytes > this.#bytesMax && this.#queue.length - this.#taken > 1) {
      this.dequeue(1)
      this.#report(
        'messages-dropped',
        'A message was dropped, because nobody took it: call recv() on every message event.',
      )
    }
    this.#onQueued()
  }

  /** Up to `count` messages, the oldest first. */
  dequeue(count: number): Message[] {
    if (!Number.isInteger(count) || count < 0) throw new ArgumentError('count', 'a whole number, 0 or more', count)
    const taken = this.#queue.slice(this.#taken, this.#taken + count)
    this.#taken += taken.length
    for (const { bytes } of taken) this.#bytes -= bytes
    if (this.#taken === this.#queue.length || (this.#taken > 1024 && this.#taken * 2 > this.#queue.length)) {
      this.#queue = this.#queue.slice(this.#taken)
      this.#taken = 0
    }
    return taken
  }

  /** Whether a handler takes the message, or fails at a request, which is answered then. */
  #isTaken(message: Message, connection: Connection | undefined, onFailed: (error: unknown) => void): boolean {
    let isAnswered = false
    const onHandlerFailed = (error: unknown): void => {
      this.#report('handler-failed', `A message handler of the application failed: ${String(error)}`, { error })
      if (!message.isRequest) return
      isAnswered = true
      onFailed(error)
    }
    // A handler that throws has not taken a message, but the sender of a request waits.
    return this.#handlers.some(
      ({ handler }) => callIsolated(() => handler(message, connection), onHandlerFailed) === true || isAnswered,
    )
  }
}

function ignore(): void {}
