/** What was kept is damaged: nothing of it is used, and nothing is written. */
export class PersistenceCorruptError extends Error {
  override readonly name = 'PersistenceCorruptError'
  readonly code = 'PERSISTENCE_CORRUPT'
  readonly place: string
  readonly reason: string

  constructor(damage: { place: string; reason: string }, options?: ErrorOptions) {
    super(
      `What is kept in ${damage.place} is damaged: ${damage.reason}. Bring back a copy of it; or move it away and start ` +
        'without, as a new node that gets the dictionary from its neighbors.',
      options,
    )
    this.place = damage.place
    this.reason = damage.reason
  }
}

/** What was written could not be kept, so it is not durable. */
export class PersistenceFailedError extends Error {
  override readonly name = 'PersistenceFailedError'
  readonly code = 'PERSISTENCE_FAILED'
  readonly place: string

  constructor(failure: { place: string; action: 'open' | 'write' | 'close' }, options?: ErrorOptions) {
    super(
      `Cannot ${failure.action} ${failure.place}: ${reasonOf(options?.cause)}. Make room or mend the device; ` +
        'an open socket tries again by itself, and holds everything in memory meanwhile.',
      options,
    )
    this.place = failure.place
  }
}

/** Another node, in this process or another, has the place open. */
export class PersistenceInUseError extends Error {
  override readonly name = 'PersistenceInUseError'
  readonly code = 'PERSISTENCE_IN_USE'
  readonly place: string

  constructor(use: { place: string }, options?: ErrorOptions) {
    super(`Another node has ${use.place} open. Close it, or give this node a place of its own.`, options)
    this.place = use.place
  }
}

/** What is kept was kept by a node of other options. */
export class PersistenceMismatchError extends Error {
  override readonly name = 'PersistenceMismatchError'
  readonly code = 'PERSISTENCE_MISMATCH'
  readonly place: string
  /** What differs. */
  readonly what: 'identity' | 'network' | 'schema'

  constructor(mismatch: { place: string; what: 'identity' | 'network' | 'schema' }) {
    super(`What is kept in ${mismatch.place} has another ${mismatch.what}. ${remedies[mismatch.what]}`)
    this.place = mismatch.place
    this.what = mismatch.what
  }
}

const remedies = {
  identity: 'Leave out the option identity, which then is the one kept there; or give this node a place of its own.',
  network: 'Give the same subnet, transport security and leases as before; or give this node a place of its own.',
  schema: 'It was written by a later version: use that version, or a place of its own.',
} as const

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
