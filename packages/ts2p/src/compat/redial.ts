import { UnreachableError } from '@ts2p/base'
import type { CancelTimer, Environment } from '@ts2p/base'

/** Bounds of the wait between two dials, milliseconds. */
const waitMs = { least: 50, most: 2000 } as const

/** An address that is dialed again and again while nobody can be reached there. */
export class Redial {
  readonly host: string
  readonly port: number
  readonly #environment: Environment
  readonly #dial: () => Promise<void>
  #startedAt = 0
  #linked: Promise<void> | undefined
  #firstFailure: UnreachableError | undefined
  #isEnded = false
  #reject: (error: Error) => void = () => undefined
  #cancelTimer: CancelTimer = () => undefined

  /** @param options.dial dials once; it rejects with an `UnreachableError` when nobody can be reached */
  constructor(options: { host: string; port: number; environment: Environment; dial: () => Promise<void> }) {
    this.host = options.host
    this.port = options.port
    this.#environment = options.environment
    this.#dial = options.dial
  }

  /** Why the first dial failed, if it did. */
  get firstFailure(): UnreachableError | undefined {
    return this.#firstFailure
  }

  /** Whether `end` was called. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /**
   * Starts dialing. Calling it again returns the same promise.
   * @returns resolves when a dial succeeds; rejects with the first error that is not an `UnreachableError`, or with what `end` is given
   */
  start(): Promise<void> {
    return (this.#linked ??= new Promise((resolve, reject) => {
      this.#startedAt = this.#environment.monotonicNow()
      this.#reject = reject
      const attempt = (): void => {
        this.#dial().then(resolve, (error: unknown) => {
          if (!(error instanceof UnreachableError)) return reject(error)
          this.#firstFailure ??= error
          if (!this.#isEnded) this.#cancelTimer = this.#environment.setTimer(this.#nextWaitMs(), attempt)
        })
      }
      attempt()
    }))
  }

  /** Stops dialing. */
  end(error: Error): void {
    this.#isEnded = true
    this.#cancelTimer()
    this.#reject(error)
  }

  /**
   * A third of the time since the first dial, less up to a half of that at random. A node that starts to listen t milliseconds after the
   * first dial is therefore dialed within max(50, t / 3) milliseconds: within a second for t up to 3 s, and always within 2 s.
   */
  #nextWaitMs(): number {
    const triedMs = this.#environment.monotonicNow() - this.#startedAt
    const bound = Math.min(waitMs.most, Math.max(waitMs.least, triedMs / 3))
    return bound * (1 - this.#environment.random() / 2)
  }
}
