/** The locks of the platform, as far as they are used: no common lib types them for windows and workers alike. */
interface Locks {
  request(
    name: string,
    options: { ifAvailable: true } | { signal: AbortSignal },
    held: (lock: unknown) => Promise<void> | void,
  ): Promise<unknown>
}

/** Gives a database to one node at a time, in all tabs of an origin: the platform frees it when a tab is gone. */
export class Tenancy {
  readonly #release: () => void

  private constructor(release: () => void) {
    this.#release = release
  }

  /** Undefined when another node has it, and keeps it for so long, milliseconds. Where the platform has no locks, nobody is kept out. */
  static take(name: string, waitMs: number): Promise<Tenancy | undefined> {
    const { locks } = navigator as { locks?: Locks }
    if (!locks) return Promise.resolve(new Tenancy(() => undefined))
    return new Promise((resolve, reject) => {
      const signal = waitMs > 0 ? AbortSignal.timeout(waitMs) : undefined
      locks
        .request(`ts2p ${name}`, signal ? { signal } : { ifAvailable: true }, (lock) => {
          if (!lock) return resolve(undefined)
          return new Promise<void>((release) => resolve(new Tenancy(release)))
        })
        .catch((error: unknown) => (signal?.aborted ? resolve(undefined) : reject(error)))
    })
  }

  end(): void {
    this.#release()
  }
}
