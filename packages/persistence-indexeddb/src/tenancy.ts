/** The locks of the platform, as far as they are used: no common lib types them for windows and workers alike. */
interface Locks {
  request(name: string, options: { ifAvailable: true }, held: (lock: unknown) => Promise<void> | void): Promise<unknown>
}

/** Gives a database to one node at a time, in all tabs of an origin: the platform frees it when a tab is gone. */
export class Tenancy {
  readonly #release: () => void

  private constructor(release: () => void) {
    this.#release = release
  }

  /** Undefined when another node has it. Where the platform has no locks, nobody is kept out. */
  static take(name: string): Promise<Tenancy | undefined> {
    const { locks } = navigator as { locks?: Locks }
    if (!locks) return Promise.resolve(new Tenancy(() => undefined))
    return new Promise((resolve, reject) => {
      locks
        .request(`ts2p ${name}`, { ifAvailable: true }, (lock) => {
          if (!lock) return resolve(undefined)
          return new Promise<void>((release) => resolve(new Tenancy(release)))
        })
        .catch(reject)
    })
  }

  end(): void {
    this.#release()
  }
}
