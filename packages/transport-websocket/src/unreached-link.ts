import { UnreachableError } from '@ts2p/base'
import type { Link, LinkHandler } from '@ts2p/base'

/** A link to an address that the platform does not even try: it ends as one that reaches nobody. */
export class UnreachedLink implements Link {
  readonly remoteHost: string
  readonly bufferedBytes = 0
  #error: Error | undefined

  constructor(address: { host: string; port: number; reason: string }, cause: unknown) {
    this.remoteHost = address.host
    this.#error = new UnreachableError(address, { cause })
  }

  attach(handler: LinkHandler): void {
    queueMicrotask(() => handler.onClose(this.#error))
  }

  write(): void {}

  pause(): void {}

  resume(): void {}

  close(): void {
    this.#error = undefined
  }

  destroy(): void {
    this.#error = undefined
  }
}
