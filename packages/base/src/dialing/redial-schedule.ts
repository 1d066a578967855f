import { addressToString } from '@ts2p/protocol'
import type { Address, NodeId } from '@ts2p/protocol'
import { backoffMs, defaultBackoff } from './backoff.ts'
import type { PersistentPeer, PersistentPeerOwner } from '../base-options.ts'

/** One address that is dialed again whenever it is not linked. */
interface RedialEntry {
  readonly address: Address
  failures: number
  dueAt: number
  isDialing: boolean
  /** Who answers there; while that node is linked, in either direction, the address is not dialed. */
  peerId: NodeId | undefined
  /** Whether that node has proven there who it is; otherwise it is hearsay. */
  isProven: boolean
}

/** Once a link has lasted this long, milliseconds, earlier failures are forgiven. */
const steadyMs = 10_000

/** How often in a row a node may claim a link that is not here before that counts as any failure, and the longest pause until then, milliseconds. */
const [claimsMax, claimPauseMs] = [10, 1000] as const

/** Remembers the addresses to keep linked and says which are due. Decides; the socket dials. */
export class RedialSchedule {
  readonly #random: () => number
  readonly #entries = new Map<string, RedialEntry>()

  constructor(random: () => number) {
    this.#random = random
  }

  /** Dials the address from now on whenever the node that answers there is not linked. */
  add(address: Address, now: number, peer?: PersistentPeerOwner): void {
    const name = addressToString(address)
    if (this.#entries.has(name)) return
    const { id: peerId, isProven = false } = peer ?? {}
    this.#entries.set(name, { address, failures: 0, dueAt: now, isDialing: false, peerId, isProven })
  }

  remove(address: Address): void {
    this.#entries.delete(addressToString(address))
  }

  /** The persistent addresses, in the order in which they were given, how often each has failed in a row, and who answers there. */
  entries(): Omit<PersistentPeer, 'isLinked'>[] {
    return [...this.#entries.values()].map(({ address, failures, peerId, isProven }) => ({
      address,
      failures,
      peerId,
      isProven,
    }))
  }

  /** The addresses to dial now; each counts as being dialed until `succeeded` or `failed`. */
  due(now: number, isLinked: (id: NodeId) => boolean): Address[] {
    const due = [...this.#entries.values()].filter(
      ({ dueAt, isDialing, peerId }) => dueAt <= now && !isDialing && !(peerId !== undefined && isLinked(peerId)),
    )
    for (const entry of due) entry.isDialing = true
    return due.map(({ address }) => address)
  }

  /** A node answers there. Earlier failures are forgiven only when a link lasts: one that breaks at once is a failure too. */
  succeeded(address: Address, peerId: NodeId): void {
    const entry = this.#entries.get(addressToString(address))
    if (entry) Object.assign(entry, { isDialing: false, peerId, isProven: true })
  }

  /** The link with a node has ended, in whichever direction it was made. */
  ended(peerId: NodeId, { lastedMs, now }: { readonly lastedMs: number; readonly now: number }): void {
    for (const entry of this.#entries.values()) {
      if (entry.peerId !== peerId) continue
      if (lastedMs >= steadyMs) entry.failures = 0
      else this.#postpone(entry, now)
    }
  }

  failed(address: Address, now: number): void {
    const entry = this.#entries.get(addressToString(address))
    if (!entry) return
    entry.isDialing = false
    this.#postpone(entry, now)
  }

  /**
   * The node there refuses, since there is a link already, which is not here. It may not have noticed yet that this one has lost it: then it
   * gives it up within seconds. Or it lies.
   */
  claimsLink(address: Address, now: number): void {
    const entry = this.#entries.get(addressToString(address))
    if (!entry) return
    entry.isDialing = false
    this.#postpone(entry, now, entry.failures < claimsMax ? claimPauseMs : undefined)
  }

  #postpone(entry: RedialEntry, now: number, mostMs = defaultBackoff.mostMs): void {
    entry.failures += 1
    entry.dueAt = now + backoffMs(entry.failures, this.#random(), { ...defaultBackoff, mostMs })
  }
}
