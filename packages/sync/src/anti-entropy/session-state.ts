import type { ReconciliationMessage, JournalPosition } from '@ts2p/protocol'
import type { BinaryString, Cut, Store } from '@ts2p/store'
import type { Journal } from '../replication/journal.ts'
import type { DifferenceSearch } from './difference-search.ts'
import type { SymbolAnswer } from './symbol-answer.ts'

/**
 * What a reconciliation session knows of one neighbor. Nothing in it changes, with one exception: a search and an answer hold a
 * decoder and an encoder, which work in place. So each state is stepped once.
 */
export interface SessionState {
  /** The reconciliation that this node has opened. The search is there once the neighbor has answered with symbols. */
  readonly opened:
    | {
        readonly nonce: Uint8Array
        readonly position: JournalPosition
        readonly search: DifferenceSearch | undefined
        /** What is left out on both sides. */
        readonly cut: Cut
      }
    | undefined
  /** The reconciliation that the neighbor has opened, and that this node answers with symbols. */
  readonly answer: SymbolAnswer | undefined
  /** Both sides send everything, but for one that has no room. */
  readonly isInBulk: boolean
  /** Whether both have held the same on this link: if they differ later, it may be in records that are on their way. */
  readonly hasMatched: boolean
  /** How many reconciliations in a row this node has postponed for that. */
  readonly postponed: number
  /** What the neighbor has dropped, as far as it has told. */
  readonly neighborCut: Cut
  /** Whether the neighbor has no room for more keys, as it last told. */
  readonly isNeighborFull: boolean
  /** This node has asked what has changed, and the neighbor has not sent all of that. */
  readonly isAwaitingChanges: boolean
  /** This node sends what has changed, up to this position. One answer at a time, so that questions take no memory. */
  readonly changesEnd: JournalPosition | undefined
  /** Where this node's journal was when it last sent records, and `newsCount` at that time. */
  readonly sentAt: { readonly position: JournalPosition; readonly newsCount: number } | undefined
  /** The number of the neighbor's records that were news here since the neighbor last sent what it owed. */
  readonly newsCount: number
}

/** Before anything is under way. */
export const idleSession: SessionState = {
  opened: undefined,
  answer: undefined,
  isInBulk: false,
  hasMatched: false,
  postponed: 0,
  neighborCut: { completeSince: 0, garbageBefore: 0 },
  isNeighborFull: false,
  isAwaitingChanges: false,
  changesEnd: undefined,
  sentAt: undefined,
  newsCount: 0,
}

/** What a session reads of its own node, as of the moment of a step. */
export interface LocalView {
  readonly store: Pick<Store, 'summaryOf' | 'recordIdsOf' | 'completeSince' | 'garbageBefore' | 'isFull'>
  readonly journal: Pick<Journal, 'position' | 'covers'>
  /** The wall clock, milliseconds since 1970. */
  now(): number
  /** Returns 8 bytes that the neighbor cannot predict. */
  drawNonce(): Uint8Array
}

/** The inputs of a session. */
export type SessionInput =
  | { readonly kind: 'message'; readonly message: ReconciliationMessage }
  /** Asks the neighbor whether both hold the same. */
  | { readonly kind: 'open' }
  /** Asks the neighbor what has changed there since a position. */
  | { readonly kind: 'ask'; readonly position: JournalPosition; readonly isInReturn: boolean }
  /** Withdraws what this node has opened, because the neighbor has opened a reconciliation too. */
  | { readonly kind: 'withdraw' }
  /** Goes on with a computation. The search and the answer each take at most this number of steps. */
  | { readonly kind: 'work'; readonly steps: number }
  /** Some of the neighbor's records were news here. */
  | { readonly kind: 'news'; readonly count: number }
  /** Drops what is under way, because the neighbor is silent or gone. */
  | { readonly kind: 'give-up' }

/** What a session wants done, in this order. */
export type SessionEffect =
  /** Send a message at once. */
  | { readonly kind: 'send'; readonly message: ReconciliationMessage }
  /** Send the records of some keys as the link takes them, or all but what is left out, then a message. */
  | {
      readonly kind: 'stream'
      readonly keys: ReadonlySet<BinaryString> | { readonly allBut: Cut }
      readonly last: ReconciliationMessage
    }
  /** Send the records of the keys that have changed since a position, as the link takes them, then call `endChanges`. */
  | { readonly kind: 'stream-changes'; readonly since: JournalPosition }
  /** Ask the neighbor in return: what has changed there, or whether both hold the same. */
  | { readonly kind: 'ask-in-return' }
  /** Step the session with 'work' soon. */
  | { readonly kind: 'work' }
  /** This node holds all that the neighbor held at this position of its journal. */
  | { readonly kind: 'store-cursor'; readonly position: JournalPosition }
  /** The neighbor has sent all that it owed. */
  | { readonly kind: 'settled' }
  /** The neighbor has sent symbols that no set has. */
  | { readonly kind: 'invalid-symbols' }
  /** The neighbor's cutoff of garbage is too far ahead of the clock here, by this number of seconds: it is not used. */
  | { readonly kind: 'cutoff-too-far-ahead'; readonly aheadSeconds: number }
  /** The journal does not reach back to the position that the neighbor named, so the two must reconcile. */
  | { readonly kind: 'journal-lost' }
  /** The neighbor has dropped what was to be compared: open again, without it. */
  | { readonly kind: 'open-again' }
  /** The neighbor has postponed the reconciliation: open again in a second. */
  | { readonly kind: 'open-later' }

/** The state after a step, and what is to be done. */
export type Step = readonly [state: SessionState, effects: readonly SessionEffect[]]
