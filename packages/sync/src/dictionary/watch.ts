import type { AbortSignalLike } from '@ts2p/base'
import type { BinaryString } from '@ts2p/store'

/** How changes are watched. */
export interface WatchOptions {
  /** Begin with what is there already, as changes of the type 'set' with `previous` undefined. Default false. */
  readonly initial?: boolean
  /** Ends the watch at once: the changes that wait are dropped. */
  readonly signal?: AbortSignalLike
}

/**
 * The changes of the keys with a prefix, one after the other. A slow reader is not drowned: of several changes of a key
 * that it has not taken yet it gets the last, so at most one per key waits.
 */
export class Watcher<E> implements AsyncIterableIterator<E> {
  readonly #prefix: BinaryString
  readonly #onEnd: (watcher: Watcher<E>) => void
  readonly #signal: AbortSignalLike | undefined
  readonly #onAbort = (): void => this.#abort()
  readonly #waiting = new Map<BinaryString, E>()
  readonly #readers: ((result: IteratorResult<E, undefined>) => void)[] = []
  #isEnded = false

  constructor(options: {
    prefix: BinaryString
    signal: AbortSignalLike | undefined
    onEnd: (watcher: Watcher<E>) => void
  }) {
    this.#prefix = options.prefix
    this.#onEnd = options.onEnd
    this.#signal = options.signal
    if (options.signal?.aborted) this.#abort()
    else options.signal?.addEventListener('abort', this.#onAbort)
  }

  /** Whether a key is watched. */
  matches(key: BinaryString): boolean {
    return !this.#isEnded && key.startsWith(this.#prefix)
  }

  /** A watched key has changed. @param combine - Makes one change of one that waits and this one. */
  push(key: BinaryString, event: E, combine: (waiting: E, event: E) => E): void {
    if (this.#isEnded) return
    const reader = this.#readers.shift()
    if (reader) return reader({ value: event, done: false })
    // The last change of a key takes its place at the end: the order is that of the last changes.
    const waiting = this.#waiting.get(key)
    this.#waiting.delete(key)
    this.#waiting.set(key, waiting === undefined ? event : combine(waiting, event))
  }

  /** No more changes; those waiting can still be read. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#onEnd(this)
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true })
  }

  next(): Promise<IteratorResult<E, undefined>> {
    for (const [key, event] of this.#waiting) {
      this.#waiting.delete(key)
      return Promise.resolve({ value: event, done: false })
    }
    if (this.#isEnded) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve) => this.#readers.push(resolve))
  }

  return(): Promise<IteratorResult<E, undefined>> {
    this.#abort()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Ends the watch, and drops the changes that wait. */
  #abort(): void {
    this.end()
    this.#waiting.clear()
  }
}
