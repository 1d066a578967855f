import { Store } from '@ts2p/store'
import type { Change, Cut, StoreRecord } from '@ts2p/store'

/** What readers correct of their clock at most, milliseconds. */
const correctionMsMax = 30_000

/** The ids of a store's records, and the key of each. */
type Contents = ReturnType<Store['recordIdsOf']>

/** An ephemeral key that its host renews while its service runs. */
export interface Service {
  readonly key: string
  readonly host: EphemeralHost
  readonly startedAt: number
}

/** One node at the level of its store: a clock, a part of the network, and the services whose keys it renews. */
export class EphemeralHost {
  readonly store: Store
  /** A second since 1970. */
  readonly startedAt: number
  /** How far its clock is ahead, milliseconds. */
  skewMs: number
  /** Hosts of one group hear each other. */
  group = 0
  readonly #leaseSeconds: number
  readonly #intervalSeconds: number
  /** Services by the second of the interval in which they are renewed. */
  readonly #renewedAt: readonly Set<Service>[]

  constructor(options: { number: number; leaseSeconds: number; skewMs: number; startedAt: number }) {
    const { number, leaseSeconds, skewMs, startedAt } = options
    const owner = new Uint8Array(32)
    new DataView(owner.buffer).setUint32(0, number)
    this.store = new Store({ owner, leaseSeconds, leaseSecondsMax: leaseSeconds })
    this.skewMs = skewMs
    this.startedAt = startedAt
    this.#leaseSeconds = leaseSeconds
    this.#intervalSeconds = Math.floor(leaseSeconds / 3)
    this.#renewedAt = Array.from({ length: this.#intervalSeconds }, () => new Set())
  }

  /** @param second since 1970, of a clock that is right */
  start(key: string, second: number, phase: number): { service: Service; change: Change } {
    const service: Service = { key, host: this, startedAt: second }
    this.#renewedAt[phase % this.#intervalSeconds]?.add(service)
    const lease = { leaseSeconds: this.#leaseSeconds, ephemeral: true }
    return { service, change: this.store.set(key, 'up', this.#now(second), lease) }
  }

  /** @param isReleased whether it says that it ends */
  stop(service: Service, second: number, isReleased: boolean): readonly Change[] {
    for (const services of this.#renewedAt) if (services.delete(service)) break
    const change = isReleased ? this.store.release(service.key, this.#now(second)) : undefined
    return change ? [change] : []
  }

  /** Renews the keys that are due in a second. One that another node holds is not its own anymore. */
  renew(second: number): readonly Change[] {
    const due = this.#renewedAt[second % this.#intervalSeconds] ?? []
    return [...due].flatMap(({ key }) => this.store.renew(key, this.#now(second)) ?? [])
  }

  receive(records: Iterable<StoreRecord>, second: number): void {
    for (const record of records) this.store.apply(record, this.#now(second))
  }

  /** What a node does all the time. @param neighbors whose clocks it knows @returns what was put aside and counts now, which goes on to them */
  sweep(second: number, neighbors: readonly EphemeralHost[]): readonly Change[] {
    const now = this.#now(second)
    const changes = this.store.releaseDue(now)
    this.store.endEphemeral(now + correctionOf(neighbors.map(({ skewMs }) => skewMs - this.skewMs)))
    this.store.dropGarbage(now)
    return changes
  }

  #now(second: number): number {
    return second * 1000 + this.skewMs
  }
}

/** The median of what the neighbors' clocks are ahead, at most 30 s. */
function correctionOf(aheadMs: readonly number[]): number {
  const sorted = aheadMs.toSorted((x, y) => x - y)
  const median = ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2
  return Math.min(correctionMsMax, Math.max(-correctionMsMax, median))
}

/** Gives each of two hosts what the other has, as a comparison does: without what one of the two has dropped. */
export function reconcile(one: EphemeralHost, other: EphemeralHost, second: number): void {
  const garbageBefore = Math.max(one.store.garbageBefore, other.store.garbageBefore)
  const cut: Cut = { completeSince: 0, garbageBefore }
  const [ofOne, ofOther] = [one.store.summaryOf(cut), other.store.summaryOf(cut)]
  if (ofOne.count === ofOther.count && ofOne.root.every((byte, at) => byte === ofOther.root[at])) return
  const [heldByOne, heldByOther] = [one.store.recordIdsOf(cut), other.store.recordIdsOf(cut)]
  const fromOne = recordsMissing(one, heldByOne, heldByOther)
  const fromOther = recordsMissing(other, heldByOther, heldByOne)
  other.receive(fromOne, second)
  one.receive(fromOther, second)
}

/** The records of the keys that two hosts hold differently, as the first one holds them. */
function recordsMissing({ store }: EphemeralHost, { ids, keys }: Contents, other: Contents): StoreRecord[] {
  const known = new Set(other.ids)
  const differing = new Set(keys.filter((_, index) => !known.has(ids[index] ?? '')))
  return [...differing].flatMap((key) => store.held.advertisedRecordsOf(key))
}
