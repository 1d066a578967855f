import { ts2p } from '../../generated/sync.js'
import { ProtocolError } from '../errors.ts'
import { bytesOf, copyOf, decoding, integerOf, plainView, required } from '../field-checks.ts'

const raw = ts2p.v1.Reconciliation

/** Bytes of a comparison's nonce. */
export const reconciliationNonceBytes = 8
const rootBytes = 16
const secondsPerMinute = 60
/** Bytes of a record's keyed id. */
export const keyedIdBytes = 8

/** A place in a node's journal of its changes. */
export interface JournalPosition {
  /** Which journal: 32 bits. */
  readonly epoch: number
  /** How many changes there were before: 32 bits. */
  readonly sequence: number
}

/** A message of a comparison between two neighbors. */
export type ReconciliationMessage =
  /** What has changed at you since? */
  | {
      readonly kind: 'since'
      readonly position: JournalPosition
      readonly isInReturn: boolean
      /** Whether the sender has no room for more keys. */
      readonly isFull: boolean
    }
  /** Do we hold the same? The root is 16 bytes, the nonce 8. */
  | {
      readonly kind: 'open'
      readonly position: JournalPosition
      readonly count: number
      readonly root: Uint8Array
      readonly nonce: Uint8Array
      /** Seconds since 1970, whole minutes: count and root leave out the keys that were deleted before. */
      readonly completeSince: number
      /** Seconds since 1970, whole minutes: count and root leave out the ephemeral keys that are garbage then. */
      readonly garbageBefore: number
      /** Whether the sender has no room for more keys. */
      readonly isFull: boolean
    }
  /** I have dropped more than you leave out: open anew, with these times. */
  | { readonly kind: 'incomplete'; readonly completeSince: number; readonly garbageBefore: number }
  /** We differ, perhaps only in records that are on their way: open again in a second. */
  | { readonly kind: 'busy' }
  /** Coded symbols; the nonce, 8 bytes, comes with the first. */
  | { readonly kind: 'symbols'; readonly nonce: Uint8Array | undefined; readonly chunk: Uint8Array }
  /** Send symbols up to this one. */
  | { readonly kind: 'more'; readonly end: number }
  /** Send the records with these keyed ids, 8 bytes each. */
  | { readonly kind: 'want'; readonly ids: Uint8Array }
  /** Send everything; I do. */
  | { readonly kind: 'all' }
  /** What I owed is sent. */
  | { readonly kind: 'at'; readonly position: JournalPosition }
  /** What I had from you was all that was new here since. */
  | { readonly kind: 'settled'; readonly position: JournalPosition }

/** A message of a reconciliation as bytes; `decodeReconciliation` reads it. */
export function encodeReconciliation(message: ReconciliationMessage): Uint8Array {
  return plainView(raw.encode(rawOf(message)).finish())
}

/** @throws {ProtocolError} The payload is no message of a comparison. */
export function decodeReconciliation(payload: Uint8Array): ReconciliationMessage {
  const message = decoding('reconciliation', () => raw.decode(payload))
  if (message.since) {
    const { position, inReturn, full } = message.since
    return { kind: 'since', position: positionOf(position), isInReturn: inReturn ?? false, isFull: full ?? false }
  }
  if (message.open) return openFrom(message.open)
  if (message.symbols) {
    const { nonce, chunk } = message.symbols
    const hasNonce = nonce !== undefined && nonce !== null && nonce.length > 0
    return { kind: 'symbols', nonce: hasNonce ? nonceOf(nonce) : undefined, chunk: copyOf(chunk) }
  }
  if (message.more) return { kind: 'more', end: integerOf(message.more.end, 'more.end') }
  if (message.want) {
    const ids = copyOf(message.want.ids)
    if (ids.length % keyedIdBytes !== 0) throw new ProtocolError(`want.ids: ${ids.length} bytes`)
    return { kind: 'want', ids }
  }
  if (message.all) return { kind: 'all' }
  if (message.busy) return { kind: 'busy' }
  if (message.incomplete) return { kind: 'incomplete', ...cutFrom(message.incomplete) }
  if (message.settled) return { kind: 'settled', position: positionOf(message.settled) }
  return { kind: 'at', position: positionOf(message.at) }
}

function openFrom({ position, count, root, nonce, full, ...cut }: ts2p.v1.Reconciliation.IOpen): ReconciliationMessage {
  return {
    kind: 'open',
    position: positionOf(position),
    count: integerOf(count, 'open.count'),
    root: bytesOf(root, 'open.root', rootBytes),
    nonce: nonceOf(nonce),
    ...cutFrom(cut),
    isFull: full ?? false,
  }
}

/** What both sides leave out of a comparison. */
function cutFrom({ completeSince, garbageBefore }: ts2p.v1.Reconciliation.IIncomplete): {
  completeSince: number
  garbageBefore: number
} {
  return {
    completeSince: integerOf(completeSince ?? 0, 'reconciliation.complete_since') * secondsPerMinute,
    garbageBefore: integerOf(garbageBefore ?? 0, 'reconciliation.garbage_before') * secondsPerMinute,
  }
}

function rawCut(cut: {
  readonly completeSince: number
  readonly garbageBefore: number
}): ts2p.v1.Reconciliation.IIncomplete {
  const [completeSince, garbageBefore] = [cut.completeSince / secondsPerMinute, cut.garbageBefore / secondsPerMinute]
  return { ...(completeSince > 0 && { completeSince }), ...(garbageBefore > 0 && { garbageBefore }) }
}

function nonceOf(nonce: Uint8Array | null | undefined): Uint8Array {
  return bytesOf(nonce, 'reconciliation.nonce', reconciliationNonceBytes)
}

function positionOf(position: ts2p.v1.IJournalPosition | null | undefined): JournalPosition {
  const { epoch, sequence } = required(position, 'reconciliation.position')
  return { epoch: integerOf(epoch, 'position.epoch'), sequence: integerOf(sequence, 'position.sequence') }
}

function rawOf(message: ReconciliationMessage): ts2p.v1.IReconciliation {
  switch (message.kind) {
    case 'since':
      return { since: { position: message.position, inReturn: message.isInReturn, ...fullIf(message.isFull) } }
    case 'open': {
      const { position, count, root, nonce, isFull } = message
      return { open: { position, count, root, nonce, ...rawCut(message), ...fullIf(isFull) } }
    }
    case 'incomplete':
      return { incomplete: rawCut(message) }
    case 'symbols':
      return { symbols: { ...(message.nonce && { nonce: message.nonce }), chunk: message.chunk } }
    case 'more':
      return { more: { end: message.end } }
    case 'want':
      return { want: { ids: message.ids } }
    case 'all':
      return { all: {} }
    case 'busy':
      return { busy: {} }
    case 'at':
      return { at: message.position }
    case 'settled':
      return { settled: message.position }
  }
}

/** What is seldom there takes no bytes else. */
function fullIf(isFull: boolean): { full?: true } {
  return isFull ? { full: true } : {}
}
