import type { CancelTimer, Connection } from '@ts2p/base'
import type { ReconciliationMessage } from '@ts2p/protocol'
import { idleSession } from './session-state.ts'
import type { SessionState } from './session-state.ts'

/** A reconciliation delays others for at most this long, milliseconds: one that is not answered. */
const answerMs = 2000
/** And one that is. */
export const busyMs = 30_000

/** One neighbor: its session, and what waits. */
export interface ReconciledPeer {
  readonly connection: Connection
  session: SessionState
  /** Ends the slice of work that is due. */
  cancelWork: CancelTimer | undefined
  /** An `open` of the neighbor that has to wait. */
  heldOpen: Extract<ReconciliationMessage, { kind: 'open' }> | undefined
  /** A `since` of the neighbor that has to wait; of several, the last. */
  heldSince: Extract<ReconciliationMessage, { kind: 'since' }> | undefined
  /** When the neighbor may next open, and ask, once it has done so `opensAtOnce` times; monotonic milliseconds, as all times here. */
  openableAt: number
  askableAt: number
  /** When to open again what the neighbor has postponed. */
  reopenAt: number | undefined
  /** This node does not open before that time. */
  reconcilableAt: number
  /** Changes alone do not do: a position in a journal is lost. */
  mustOpen: boolean
  /** When what is under way began, and when the neighbor last sent something. */
  beganAt: number
  lastAt: number
}

/** A neighbor with which nothing is under way. */
export function createPeer(connection: Connection, now: number): ReconciledPeer {
  return {
    ...{ connection, session: idleSession, cancelWork: undefined, heldOpen: undefined, heldSince: undefined },
    ...{
      openableAt: 0,
      askableAt: 0,
      reopenAt: undefined,
      reconcilableAt: 0,
      mustOpen: false,
      beganAt: now,
      lastAt: now,
    },
  }
}

/** Whether this node has opened a reconciliation that the neighbor answers, or may still answer. */
export function isUnderWay({ session: { opened }, beganAt }: ReconciledPeer, now: number): boolean {
  return opened !== undefined && now < beganAt + (opened.search ? busyMs : answerMs)
}
