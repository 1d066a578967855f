import type { SyncSocket } from '@ts2p/sync'
import { isReady } from './readiness.ts'

/**
 * What a component sees of a socket, in the form that `useSyncExternalStore` wants: a snapshot that stays the same object until
 * something changes, and word of changes. It listens to the socket only while somebody listens to it, so that a view which React has
 * made and thrown away leaves nothing behind.
 */
export abstract class EntriesView<K, V, S> {
  protected readonly socket: SyncSocket<K, V>
  readonly #listeners = new Set<() => void>()
  #isTold = false
  #isOwed = false

  constructor(socket: SyncSocket<K, V>) {
    this.socket = socket
  }

  /** What there is now. */
  readonly snapshot = (): S => {
    // Nobody tells a view of changes that listens to nothing.
    if (this.#listeners.size === 0) this.refresh('keep')
    return this.current()
  }

  /** Calls back after changes. @returns what ends that */
  readonly subscribe = (onChange: () => void): (() => void) => {
    // Each subscription is one of its own, also of the same function.
    const listener = (): void => onChange()
    if (this.#listeners.size === 0) this.#begin()
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.stop()
    }
  }

  protected abstract current(): S

  /** Reads the socket. What cannot be compared with what was read before is kept, or replaced. */
  protected abstract refresh(unknown: 'keep' | 'replace'): void

  /** Begins to listen to the socket. */
  protected abstract start(): void

  protected abstract stop(): void

  /**
   * Tells of a change: of the first in a turn at once, since an input that a person is typing into must have its new value in the same
   * event; of all others together at the turn's end, so that a thousand are not a thousand snapshots.
   */
  protected readonly tell = (): void => {
    if (this.#isTold) {
      this.#isOwed = true
      return
    }
    this.#isTold = true
    queueMicrotask(() => {
      this.#isTold = false
      if (!this.#isOwed) return
      this.#isOwed = false
      this.#callBack()
    })
    this.#callBack()
  }

  #begin(): void {
    this.start()
    this.refresh('replace')
    if (isReady(this.socket)) return
    const opened = (): void => {
      if (this.#listeners.size === 0) return
      this.refresh('replace')
      this.tell()
    }
    // Whoever awaits `ready` hears why it failed; a view of the status shows that it did.
    this.socket.ready.then(opened, opened)
  }

  #callBack(): void {
    for (const listener of this.#listeners) listener()
  }
}
