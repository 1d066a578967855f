import { PublicEmitter } from '@ts2p/base'
import type { Environment } from '@ts2p/base'
import { lossSignal } from './abort.ts'
import type { LossSignal } from './abort.ts'
import type { LockLostError } from './errors.ts'
import type { HeldLease } from './held-lease.ts'

/** What a lock tells. */
export interface LockEvents {
  /** It is held no more, and was not released. Told once. */
  lost: [error: LockLostError]
}

interface LockParts {
  readonly leaseTerm: HeldLease
  readonly environment: Environment
  readonly release: () => void
}

/**
 * A lock that was got: its lease is renewed until it is released or lost. It is a lease, no more: send `token` along with
 * what is done under it, and let what it is done to refuse a smaller one.
 */
export class Lock extends PublicEmitter<LockEvents> {
  readonly #leaseTerm: HeldLease
  readonly #release: () => void
  readonly #loss = lossSignal()

  private constructor(parts: LockParts) {
    super((error) => parts.environment.log('error', 'A listener of a lock failed.', { error }))
    this.#leaseTerm = parts.leaseTerm
    this.#release = parts.release
  }

  /**
   * Makes the lock of a lease term, and what tells it that the lease term is lost.
   * @internal Locks come from `lock` and `election`.
   */
  static of(parts: LockParts): { readonly held: Lock; readonly lose: (error: LockLostError) => void } {
    const held = new Lock(parts)
    return {
      held,
      lose(error) {
        held.#loss.abort(error)
        held.emitIsolated('lost', error)
      },
    }
  }

  /**
   * The fencing token: it grows, as a string, with every renewal and from each holder to the next. Ask for it when it is sent, not
   * once and for all. Stays what it was last when the lock is lost.
   */
  get token(): string {
    return this.#leaseTerm.token
  }

  /**
   * Whether the lock is held, as far as can be known here. Looks at the clocks, so it is right at once after the process
   * was stopped for a while; then 'lost' is told before this returns.
   */
  get isHeld(): boolean {
    return this.#leaseTerm.isLive
  }

  /** Aborted when the lock is lost, with the LockLostError as its reason: give it to what is done under the lock. */
  get signal(): LossSignal {
    return this.#loss.signal
  }

  /**
   * Releases the lock: a node that waits for it gets it a moment later. Does nothing if it is not held anymore, as after the socket was closed.
   */
  release(): void {
    this.#release()
  }

  /** `await using held = await lock(socket, key)` releases it at the end of the block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.release()
  }
}
