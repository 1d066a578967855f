import type { Persistence } from '@ts2p/store'

/** A new, empty place of the kind under test. */
export interface Place {
  /** Another persistence for the same place, as after a restart. */
  make(): Persistence
  /** Clears up. */
  remove(): Promise<void> | void
}
