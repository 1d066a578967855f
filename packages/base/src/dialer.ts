import { addressToString } from '@ts2p/protocol'
import type { Address, NodeId } from '@ts2p/protocol'
import { backoffMs } from './backoff.ts'

/** One address that is dialled again whenever it is not linked. */
interface KeptAddress {
  readonly address: Address
  failures: number
  dueAt: number
  isDialling: boolean
  /** Who answered there; while that node is linked, in whichever direction, the address is not dialled. */
  peerId: NodeId | undefined
}

/** Remembers the addresses to keep linked and says which are due. Decides; the socket dials. */
export class Dialer {
  readonly #random: () => number
  readonly #kept = new Map<string, KeptAddress>()

  constructor(random: () => number) {
    this.#random = random
  }

  /** Dials the address from now on whenever it is not linked. `peerId`: who is known to answer there. */
  keep(address: Address, now: number, peerId?: NodeId): void {
    const name = addressToString(address)
    if (!this.#kept.has(name)) this.#kept.set(name, { address, failures: 0, dueAt: now, isDialling: false, peerId })
  }

  forget(address: Address): void {
    this.#kept.delete(addressToString(address))
  }

  /** The kept addresses, in the order in which they were given, how often each has failed in a row, and who answered there. */
  entries(): { address: Address; failures: number; peerId: NodeId | undefined }[] {
    return [...this.#kept.values()].map(({ address, failures, peerId }) => ({ address, failures, peerId }))
  }

  /** The addresses to dial now; each counts as being dialled until `succeeded` or `failed`. */
  due(now: number, isLinked: (id: NodeId) => boolean): Address[] {
    const due = [...this.#kept.values()].filter(
      ({ dueAt, isDialling, peerId }) => dueAt <= now && !isDialling && !(peerId !== undefined && isLinked(peerId)),
    )
    for (const entry of due) entry.isDialling = true
    return due.map(({ address }) => address)
  }

  succeeded(address: Address, peerId: NodeId): void {
    const entry = this.#kept.get(addressToString(address))
    if (entry) Object.assign(entry, { failures: 0, isDialling: false, peerId })
  }

  failed(address: Address, now: number): void {
    const entry = this.#kept.get(addressToString(address))
    if (!entry) return
    entry.failures += 1
    entry.isDialling = false
    entry.dueAt = now + backoffMs(entry.failures, this.#random())
  }
}
