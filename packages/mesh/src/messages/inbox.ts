import { ArgumentError, callIsolated } from '@ts2p/base'
import type { Connection } from '@ts2p/base'
import type { Message } from './message.ts'

/**
 * Looks at a message; `true` takes it, and no later handler and no `recv()` sees it. A request whose handler throws, or returns a promise
 * that is rejected, is answered with that error.
 * @param connection the link that brought the message; undefined if this node has sent it to itself
 */
export type MessageHandler = (message: Message, connection: Connection | undefined) => boolean | undefined | void

/**
 * Where the application's messages arrive: first its handlers, in the order in which they were registered, then a queue
 * for `recv()`. When nobody takes from the queue, the oldest are dropped, and an issue reports it.
 */
export class Inbox {
  readonly #bytesMax: number
  readonly #report: (code: string, message: string) => void
  readonly #onRequestFailed: (request: Message, error: unknown) => void
  readonly #handlers: MessageHandler[] = []
  #queue: Message[] = []
  /** Of #queue, how many are taken. */
  #taken = 0
  #bytes = 0

  constructor(options: {
    bytesMax: number
    report: (code: string, message: string) => void
    /** The handler of a request has failed. */
    onRequestFailed: (request: Message, error: unknown) => void
  }) {
    this.#bytesMax = options.bytesMax
    this.#report = options.report
    this.#onRequestFailed = options.onRequestFailed
  }

  register(handler: MessageHandler): void {
    if (typeof handler !== 'function') throw new ArgumentError('handler', 'a function', handler)
    this.#handlers.push(handler)
  }

  /** Shows a message to the handlers. @returns whether one took it, or failed at it so that it is answered */
  offer(message: Message, connection: Connection | undefined): boolean {
    let isAnswered = false
    const onFailed = (error: unknown): void => {
      this.#report('handler-failed', `A message handler of the application failed: ${String(error)}`)
      if (!message.isRequest) return
      isAnswered = true
      this.#onRequestFailed(message, error)
    }
    // A handler that throws has not taken a message, but the sender of a request waits.
    return this.#handlers.some(
      (handler) => callIsolated(() => handler(message, connection), onFailed) === true || isAnswered,
    )
  }

  /** Takes a message in. @returns whether it is in the queue; false: a handler took it */
  deliver(message: Message, connection: Connection | undefined): boolean {
    if (this.offer(message, connection)) return false
    message.detach()
    this.#queue.push(message)
    this.#bytes += message.bytes
    while (this.#bytes > this.#bytesMax && this.#queue.length - this.#taken > 1) {
      this.take(1)
      this.#report(
        'messages-dropped',
        'A message was dropped, because nobody took it: call recv() on every message event.',
      )
    }
    return true
  }

  /** Up to `count` messages, the oldest first. */
  take(count: number): Message[] {
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
}
