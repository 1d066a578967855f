import type { NodeId } from '@ts2p/protocol'

/** There is nothing at a key, and no default was given. */
export class KeyNotFoundError extends Error {
  override readonly name = 'KeyNotFoundError'
  readonly code = 'KEY_NOT_FOUND'

  constructor(action: 'pop' | 'popitem' | 'applyDelta') {
    super(
      action === 'popitem'
        ? 'popitem: there is no entry that can be read. Ask for the size first.'
        : `${action}: there is nothing at that key. Give a default as the second argument, or ask with has() first.`,
    )
  }
}

/** What a DecodingError is about. */
export interface Undecodable {
  readonly what: 'key' | 'value'
  /** The name of the encoding that it is not in. */
  readonly encoding: string
  /** Undefined if the key itself cannot be read. */
  readonly key: unknown
  readonly keyBytes: Uint8Array
  readonly owner: NodeId | undefined
}

/** The bytes of a key or a value cannot be read in the encoding of this socket. */
export class DecodingError extends Error {
  override readonly name = 'DecodingError'
  readonly code = 'DECODING'
  /** The name of the encoding that it is not in. */
  readonly encoding: string
  /** The key, as this socket reads keys; undefined if the key itself cannot be read. */
  readonly key: unknown
  /** The bytes of the key, 1 to 1,024: for `delBytes`. */
  readonly keyBytes: Uint8Array
  /** The node that wrote it; undefined if that is not known anymore. */
  readonly owner: NodeId | undefined

  constructor({ what, encoding, key, keyBytes, owner }: Undecodable, options: ErrorOptions = {}) {
    const subject = what === 'key' ? `The key ${nameOf(keyBytes)}` : `The value of the key ${nameOf(key ?? keyBytes)}`
    const remedy = key === undefined ? 'delete it by delBytes(keyBytes)' : 'overwrite or delete the key'
    const isInvalid = options.cause instanceof ValidationError
    const [fault, other] = isInvalid ? ['what its schema here says', 'schema'] : [encoding, 'encoding']
    super(
      `${subject} is not ${fault}: ${owner === undefined ? 'a node' : `node ${owner}`} with another ${other} wrote it. ` +
        `Use the same ${other}s on every node, or ${remedy}.`,
      options,
    )
    this.encoding = encoding
    this.key = key
    this.keyBytes = keyBytes
    this.owner = owner
  }
}

/** A key in a sentence: at most 64 characters of it. Bytes are in hexadecimal. */
function nameOf(key: unknown): string {
  const bytes = key instanceof Uint8Array ? `0x${hexOf(key)}` : JSON.stringify(key)
  return bytes.length > 64 ? `${bytes.slice(0, 63)}…` : bytes
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 32), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A value does not fit the schema of this socket. */
export class ValidationError extends TypeError {
  override readonly name = 'ValidationError'
  readonly code = 'VALIDATION'
  readonly key: unknown
  /** What is wrong, by the validator: a sentence each, with the path of the part. */
  readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[]

  constructor(key: unknown, issues: ValidationError['issues']) {
    const sentences = issues.slice(0, 3).map(({ message }) => message)
    super(`The value of the key ${nameOf(key)} does not fit its schema: ${sentences.join('; ')}.`)
    this.key = key
    this.issues = issues
  }
}

/** A delta cannot be applied to a value that is no mapping. */
export class NotAMappingError extends TypeError {
  override readonly name = 'NotAMappingError'
  readonly code = 'NOT_A_MAPPING'

  constructor(what: 'value' | 'delta') {
    super(
      `applyDelta: the ${what} is not an object with fields. Use it with an encoding such as 'json', on values that are objects; otherwise use set().`,
    )
  }
}

/** A value was to be set only if the key had a certain token, and it has another, or none. */
export class TokenMismatchError extends Error {
  override readonly name = 'TokenMismatchError'
  readonly code = 'TOKEN_MISMATCH'
  readonly key: unknown
  /** The token that the key was to have; null: no value. */
  readonly expected: string | null
  /** The token that it has; null: no value. */
  readonly token: string | null

  constructor({ key, expected, token }: { key: unknown; expected: string | null; token: string | null }) {
    const found = token === null ? 'has no value' : `has the token ${token}`
    const wanted = expected === null ? 'to have no value' : `to have the token ${expected}`
    super(
      `The key ${nameOf(key)} ${found}, and was ${wanted}. Read the key again by get(key) and token(key), and decide anew.`,
    )
    this.key = key
    this.expected = expected
    this.token = token
  }
}

/** What is kept was not read yet. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError'
  readonly code = 'NOT_READY'

  constructor() {
    super(
      'What the dictionary kept was not read yet. Await ready, listen() or connect() first; if they failed, mend what they named.',
    )
  }
}

/** A wait for the disk of a socket that keeps nothing. */
export class NotPersistedError extends Error {
  override readonly name = 'NotPersistedError'
  readonly code = 'NOT_PERSISTED'

  constructor() {
    super('Nothing can be flushed: this socket keeps what it has in memory only. Give it the option persistence.')
  }
}

/** Fewer neighbors than were asked for have said that they hold a record. */
export class ReplicasMissingError extends Error {
  override readonly name = 'ReplicasMissingError'
  readonly code = 'REPLICAS_MISSING'
  readonly replicas: number
  /** How many hold it. */
  readonly found: number

  /** Why neighbors do not count it, if that is known: their clocks are behind the timestamp of the write. */
  readonly reason: string | undefined

  constructor(wait: { replicas: number; found: number; timeoutMs: number; reason?: string | undefined }) {
    super(
      `Only ${wait.found} of ${wait.replicas} neighbors had it after ${wait.timeoutMs} ms. What was set stays set. ` +
        (wait.reason ?? 'It reaches them when they are there: wait longer, or ask for fewer replicas.'),
    )
    this.reason = wait.reason
    this.replicas = wait.replicas
    this.found = wait.found
  }
}

/**
 * A leased write of a node whose clock differs from those of its neighbors by more than `storeLimits.driftMsMax`, or a lock of a node whose clock
 * differs by more than `guardMs`.
 */
export class ClockSkewError extends Error {
  override readonly name = 'ClockSkewError'
  readonly code = 'CLOCK_SKEW'
  /** How far the neighbors' clocks are ahead of this node's, milliseconds: their median. */
  readonly aheadMs: number

  /** @param options.isTie - There is one neighbor, so that nobody can tell whose clock is wrong. Default false. */
  constructor(aheadMs: number, options: { readonly isTie?: boolean } = {}) {
    const seconds = (Math.abs(aheadMs) / 1000).toFixed(Math.abs(aheadMs) < 10_000 ? 1 : 0)
    const [where, whose] = [
      aheadMs > 0 ? 'behind' : 'ahead of',
      options.isTie === true ? 'that of its neighbor' : 'those of its neighbors',
    ]
    super(
      `The clock of this node is ${seconds} s ${where} ${whose}, so it cannot tell which leases have run out. ` +
        `Set the clock${options.isTie === true ? ' that is wrong' : ''}, by NTP for example, and try again.`,
    )
    this.aheadMs = aheadMs
  }
}

/** A leased write of a node that has joined a moment ago, and has not caught up with a neighbor yet. */
export class CatchingUpError extends Error {
  override readonly name = 'CatchingUpError'
  readonly code = 'CATCHING_UP'

  constructor() {
    super(
      'The node has just joined, and is learning what the others have written. Await connect() or caughtUp() first: they take at most catchUpMs.',
    )
  }
}
