import { datumOf } from './control/datum.ts'

/** An error as it is printed and as it travels: a code, a sentence, and what the error knows besides. */
export interface PrintedError {
  readonly code: string
  readonly message: string
  readonly [detail: string]: unknown
}

/** The code of an error; 'UNKNOWN' if it has none. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : 'UNKNOWN'
}

/** What is to be said of an error. */
export function failureOf(error: unknown): PrintedError {
  if (!(error instanceof Error)) return { code: 'UNKNOWN', message: String(error) }
  const details = Object.entries(error).flatMap(([name, value]: [string, unknown]) => {
    if (['name', 'code', 'message', 'stack', 'cause'].includes(name)) return []
    if (value instanceof Uint8Array) return [[name, datumOf(value)]]
    return ['string', 'number', 'boolean'].includes(typeof value) ? [[name, value]] : []
  })
  return { code: codeOf(error), message: error.message, ...Object.fromEntries(details) }
}

/** What a running node could not do, as it has told. */
export class RunningNodeError extends Error {
  override readonly name = 'RunningNodeError'
  readonly code: string

  constructor({ code, message, ...details }: PrintedError) {
    super(message)
    Object.assign(this, details)
    this.code = code
  }
}

/** The command is not understood, or does not fit what there is. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'USAGE'
}

/** There is no running node to talk to. */
export class NoNodeError extends Error {
  override readonly name = 'NoNodeError'
  readonly code = 'NO_NODE'
}

/** The running node went away, or does not speak as one. */
export class ControlLostError extends Error {
  override readonly name = 'ControlLostError'
  readonly code = 'CONTROL_LOST'

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The connection with the running node has ended: ${reason}. Look at its log, or join the network with --join.`,
      options,
    )
  }
}

/** There is no other node to measure with. */
export class NoNeighborError extends Error {
  override readonly name = 'NoNeighborError'
  readonly code = 'NO_NEIGHBOR'

  constructor(count: { linked: number; wanted: number }) {
    super(
      `This node is linked with ${count.linked} nodes, and ${count.wanted} must confirm each write. ` +
        'Nothing was written. Start another node with `ts2p node --join`.',
    )
  }
}

/** The network's dictionary did not come in whole in the time allowed. */
export class IncompleteError extends Error {
  override readonly name = 'IncompleteError'
  readonly code = 'INCOMPLETE'
  /** How many keys came. */
  readonly keys: number

  constructor(wait: { seconds: number; keys: number }) {
    super(
      `After ${wait.seconds} s only a part of the dictionary was here (${wait.keys} keys), so an answer might be wrong. ` +
        'Give it longer with --join-seconds, or ask a running node with --via.',
    )
    this.keys = wait.keys
  }
}

/** The node that was asked has no room for all of the dictionary. */
export class PartialDictionaryError extends Error {
  override readonly name = 'PartialDictionaryError'
  readonly code = 'PARTIAL_DICTIONARY'

  constructor() {
    super(
      'The node that answered has no room for the whole dictionary, so that the answer may be wrong. ' +
        'Ask a node with greater storeLimits with --via, or delete keys.',
    )
  }
}

/** A file of this machine cannot be read or written. */
export class FileError extends Error {
  override readonly name = 'FileError'
  readonly code = 'FILE'
  readonly path: string

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options)
    this.path = path
  }
}
