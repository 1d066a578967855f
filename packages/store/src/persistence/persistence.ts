/** One entry that was kept. */
export interface PersistedEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** One change of what is kept. */
export interface PersistedWrite {
  /** 1 to 1100 bytes. */
  readonly key: Uint8Array
  /** Undefined: the entry is deleted. It may not have been there. */
  readonly value: Uint8Array | undefined
}

/**
 * A place where a node keeps what it must find again after a restart: an ordered map of bytes. Used by one node at a
 * time. Calls do not overlap: `write` is called once all entries were read, and again once the write before has ended.
 */
export interface Persistence {
  /** What to call the place in messages to people, such as "the folder ./data". */
  readonly place: string
  /**
   * Opens the place, making it if it is not there, and yields all entries in pieces, ascending by the bytes of their
   * keys.
   * @throws {PersistenceInUseError} Another node has the place open.
   * @throws {PersistenceCorruptError} What is there cannot be read, or something that was durable is missing.
   * @throws {PersistenceFailedError} The place cannot be opened: no permission, no room.
   */
  open(): AsyncIterable<readonly PersistedEntry[]>
  /**
   * Makes changes, all or none. Resolves when they are durable: neither the end of the process nor, where the platform
   * gives its word on it, of the machine can take them back. After a rejection it is unknown whether they were made; the
   * next write is tried all the same.
   * @throws {PersistenceFailedError} No room, an error of the device.
   */
  write(batch: readonly PersistedWrite[]): Promise<void>
  /** Gives the place free. May be called at any time after `open` was, also twice. */
  close(): Promise<void>
}
