import { UnreachableError } from '@ts2p/base'
import type { CancelTimer, Environment } from '@ts2p/base'

/** Bounds of the wait between two dials, before its random part, milliseconds. */
const waitMs = { least: 50, most: 2000 } as const

/** What a redial is made of. */
export interface RedialOptions {
  readonly host: string
  readonly port: number
  readonly environment: Environment
  /** Dials once. Rejects with an `UnreachableError` when nobody can be reached. */
  readonly dial: () => Promise<void>
  /** Called when a dial succeeds that was on its way when the redial was ended. */
  readonly undo: () => void
  /** Called when a dial fails for another reason: the redial is over. */
  readonly onFailed: (error: Error) => void
  /** Called when no dial is on its way and no link is wanted. */
  readonly onDone: () => void
}

/** What the caller of `start` waits for. */
interface WaitingRedial {
  readonly linked: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** An address that is dialed again and again while nobody can be reached there. */
export class Redial {
  readonly #options: RedialOptions
  #startedAt = 0
  #firstFailure: UnreachableError | undefined
  #isDialing = false
  /** Present while a link is wanted. */
  #waiting: WaitingRedial | undefined
  #cancelTimer: CancelTimer = () => undefined

  constructor(options: RedialOptions) {
    this.#options = options
  }

  get host(): string {
    return this.#options.host
  }

  get port(): number {
    return this.#options.port
  }

  /** Why the first dial failed; undefined if it did not. */
  get firstFailure(): UnreachableError | undefined {
    return this.#firstFailure
  }

  /**
   * Starts dialing. Calling it again returns the same promise; after `end`, it starts anew.
   * @returns resolves when a dial succeeds; rejects with the first error that is not an `UnreachableError`, and with what `end` is given
   */
  start(): Promise<void> {
    if (this.#waiting) return this.#waiting.linked
    this.#startedAt = this.#options.environment.monotonicNow()
    this.#waiting = createWaiting()
    const { linked } = this.#waiting
    if (!this.#isDialing) void this.#attempt()
    return linked
  }

  /** Stops dialing. The promise of `start` rejects with the error. */
  end(error: Error): void {
    this.#cancelTimer()
    this.#firstFailure = undefined
    this.#waiting?.reject(error)
    this.#waiting = undefined
    if (!this.#isDialing) this.#options.onDone()
  }

  async #attempt(): Promise<void> {
    this.#isDialing = true
    const error = await this.#options.dial().then(
      () => undefined,
      (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason))),
    )
    this.#isDialing = false
    const waiting = this.#waiting
    if (waiting && error instanceof UnreachableError) {
      this.#firstFailure ??= error
      this.#cancelTimer = this.#options.environment.setTimer(this.#nextWaitMs(), () => void this.#attempt())
      return
    }
    this.#waiting = undefined
    this.#options.onDone()
    if (!waiting) {
      if (!error) this.#options.undo()
    } else if (error) {
      waiting.reject(error)
      this.#options.onFailed(error)
    } else waiting.resolve()
  }

  /**
   * A third of the time since the first dial, less up to a half of that at random. A node that starts to listen t milliseconds after the
   * first dial is therefore dialed within max(50, t / 3) milliseconds: within a second for t up to 3 s, and always within 2 s.
   */
  #nextWaitMs(): number {
    const { environment } = this.#options
    const bound = Math.min(waitMs.most, Math.max(waitMs.least, (environment.monotonicNow() - this.#startedAt) / 3))
    return bound * (1 - environment.random() / 2)
  }
}

function createWaiting(): WaitingRedial {
  let resolve: () => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const linked = new Promise<void>((...settle) => ([resolve, reject] = settle))
  // A caller may ignore the promise: `onFailed` reports the failure then.
  linked.catch(() => undefined)
  return { linked, resolve, reject }
}
