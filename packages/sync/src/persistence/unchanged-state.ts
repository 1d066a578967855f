import { binaryFromBytes } from '@ts2p/store'
import type { BinaryString } from '@ts2p/store'
import type { NodeId, JournalPosition } from '@ts2p/protocol'
import { encodeCursors } from './persisted-cursors.ts'
import type { LastContact, PersistedState } from './persisted-state.ts'

/** Decides whether the contact time and the cursors differ enough from what is saved to be worth a write. */
export class UnchangedState {
  #contact: LastContact | undefined
  #cursors: BinaryString | undefined
  #hasNewRecords = false

  /** What the place has. */
  onLoaded({ contact, cursors }: Pick<PersistedState, 'contact' | 'cursors'>): void {
    this.#contact = contact
    this.#cursors = summaryOf(cursors)
  }

  /** Records have changed since the contact time was saved. */
  onRecords(): void {
    this.#hasNewRecords = true
  }

  /**
   * Whether a contact time must be saved. A saved time that is too early is safe: the node takes a full copy somewhat sooner than it
   * must. But it must be close to what the node wrote last, because writes after it count as unknown to the others.
   * @param precisionMs - How much too early the saved time may be while nothing changes.
   */
  acceptsContact(contact: LastContact, precisionMs: number): boolean {
    const before = this.#contact
    const isUnchanged = before?.completeSince === contact.completeSince && !this.#hasNewRecords
    if (before && isUnchanged && Math.abs(contact.contactMs - before.contactMs) < precisionMs) return false
    this.#contact = contact
    this.#hasNewRecords = false
    return true
  }

  /** Whether cursors must be saved. Their order says only which to drop first. */
  acceptsCursors(cursors: readonly (readonly [NodeId, JournalPosition])[]): boolean {
    const summary = summaryOf(cursors)
    if (summary === this.#cursors) return false
    this.#cursors = summary
    return true
  }

  /** The cursors were not saved. */
  dropCursors(): void {
    this.#cursors = undefined
  }
}

function summaryOf(cursors: readonly (readonly [NodeId, JournalPosition])[]): BinaryString {
  return binaryFromBytes(encodeCursors(cursors.toSorted(([x], [y]) => (x < y ? -1 : 1))))
}
