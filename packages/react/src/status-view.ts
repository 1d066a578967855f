import { isReady } from './readiness.ts'
import { EntriesView } from './view.ts'

/**
 * How a node is: 'opening' while it reads what it has kept; 'failed' if that could not be read, and `socket.ready` says why; 'alone' without a
 * link, when it keeps trying to return to nodes that it knows; 'linked' with one or more; 'closed' from `socket.close()` on.
 */
export type SyncStatus = 'opening' | 'failed' | 'alone' | 'linked' | 'closed'

/** How a node is. */
export class StatusView<K, V> extends EntriesView<K, V, SyncStatus> {
  #status: SyncStatus = 'opening'
  #hasFailed = false

  protected override current(): SyncStatus {
    return this.#status
  }

  protected override refresh(): void {
    if (this.socket.isClosed) this.#status = 'closed'
    else if (isReady(this.socket)) this.#status = this.socket.isConnected ? 'linked' : 'alone'
    else this.#status = this.#hasFailed ? 'failed' : 'opening'
  }

  protected override start(): void {
    this.socket.on('connect', this.#onLinks)
    this.socket.on('disconnect', this.#onLinks)
    this.socket.on('close', this.#onLinks)
    this.socket.ready.catch(() => {
      this.#hasFailed = true
      this.#onLinks()
    })
  }

  protected override stop(): void {
    this.socket.off('connect', this.#onLinks)
    this.socket.off('disconnect', this.#onLinks)
    this.socket.off('close', this.#onLinks)
  }

  readonly #onLinks = (): void => {
    this.refresh()
    this.tell()
  }
}
