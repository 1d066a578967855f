import { backoffMs } from '@ts2p/base'
import type { Address } from '@ts2p/protocol'
import type { Sighting } from './sighting.ts'

/** A node of the same subnet that announces itself on the local network. */
export interface FoundNode {
  readonly id: string
  readonly addresses: readonly Address[]
}

interface Announced {
  addresses: readonly Address[]
  /** Where the announcements came from. */
  readonly source: string
  expiresAt: number
  /** Not dialed before, monotonic milliseconds. */
  dueAt: number
  failures: number
}

/** A node that may be dialed. */
export interface Choice {
  readonly id: string
  readonly address: Address | undefined
  /** Not before, monotonic milliseconds. */
  readonly dueAt: number
}

/** Most nodes that are kept, in all and from one machine. */
const nodesMax = 64
const nodesPerSourceMax = 8
const addressesMax = 8

/** A node found just now is dialed after a while up to this, so that many that start together do not all dial the first. */
const firstDialMs = 500
/** After a failure, milliseconds. */
const rest = { firstMs: 5000, mostMs: 600_000 }

/** The nodes found, as long as they are announced. Whoever announces many has room for a few. Times are monotonic milliseconds. */
export class FoundNodes {
  readonly #entries = new Map<string, Announced>()

  get all(): FoundNode[] {
    return [...this.#entries].map(([id, { addresses }]) => ({ id, addresses }))
  }

  /**
   * Takes in what was announced.
   * @returns 'full' if there is no room for it, 'foreign' if another machine announces a node of that id
   */
  see(
    { id, transport, port, ttlSeconds }: Sighting,
    at: { readonly host: string; readonly source: string },
    { now, random }: { readonly now: number; readonly random: number },
  ): 'new' | 'known' | 'gone' | 'full' | 'foreign' {
    this.expire(now)
    const known = this.#entries.get(id)
    if (known && known.source !== at.source) return 'foreign'
    if (ttlSeconds === 0) {
      this.#entries.delete(id)
      return 'gone'
    }
    const address = { transport, host: at.host, port }
    const expiresAt = now + ttlSeconds * 1000
    if (known) {
      // One address per transport and host: after a restart there is another port.
      const others = known.addresses.filter((each) => each.transport !== transport || each.host !== at.host)
      known.addresses = [address, ...others].slice(0, addressesMax)
      known.expiresAt = expiresAt
      return 'known'
    }
    const ofSource = [...this.#entries.values()].filter(({ source }) => source === at.source)
    if (this.#entries.size >= nodesMax || ofSource.length >= nodesPerSourceMax) return 'full'
    const dueAt = now + random * firstDialMs
    this.#entries.set(id, { addresses: [address], source: at.source, expiresAt, dueAt, failures: 0 })
    return 'new'
  }

  expire(now: number): void {
    for (const [id, { expiresAt }] of this.#entries) if (expiresAt <= now) this.#entries.delete(id)
  }

  /**
   * The node to dial next, by chance among those that are not linked.
   * @returns with when it is due, which may be later; undefined: there is none
   */
  choose(isLinked: (id: string) => boolean, now: number, random: number): Choice | undefined {
    const choices = [...this.#entries].filter(([id]) => !isLinked(id)).map(([id, entry]) => choiceOf(id, entry))
    const due = choices.filter(({ dueAt }) => dueAt <= now)
    if (due.length > 0) return due[Math.floor(random * due.length)]
    return choices.toSorted((one, other) => one.dueAt - other.dueAt)[0]
  }

  /**
   * The next after a node in the circle of all ids, of those that could be reached so far. If every node is linked with the
   * next one, all that have heard of each other are one network.
   */
  successorOf(id: string): Choice | undefined {
    const ids = [...this.#entries].filter(([, { failures }]) => failures === 0).map(([each]) => each)
    const sorted = ids.toSorted()
    const next = sorted.find((each) => each > id) ?? sorted[0]
    const entry = next === undefined ? undefined : this.#entries.get(next)
    return next === undefined || !entry ? undefined : choiceOf(next, entry)
  }

  /** It was dialed: leave it alone for a while, and for longer the more often it could not be reached. */
  rest(id: string, outcome: 'linked' | 'failed', now: number, random: number): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    entry.failures = outcome === 'linked' ? 0 : entry.failures + 1
    entry.dueAt = now + (outcome === 'linked' ? rest.mostMs : backoffMs(entry.failures, random, rest))
  }
}

/** By another address after each failure. */
function choiceOf(id: string, { addresses, failures, dueAt }: Announced): Choice {
  return { id, address: addresses[failures % addresses.length], dueAt }
}
