import type { Random } from '@ts2p/simulator'
import { timestampsPerSecond, Store } from '@ts2p/store'
import type { Change, StoreRecord } from '@ts2p/store'
import type { Plan } from './plan.ts'
import type { Replica } from './replica.ts'

const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What nodes do that do not keep to the rules. What they make up may win under the rules; all must see it alike. */
export class Liar {
  readonly #random: Random
  readonly #plan: Plan
  /** Records seen, to be replayed. */
  readonly #seen: StoreRecord[] = []
  told = 0

  constructor(random: Random, plan: Plan) {
    this.#random = random
    this.#plan = plan
  }

  /** One lie, told by a replica. @returns what it was, to read */
  lie(replica: Replica, victims: readonly Replica[], nowMs: number): string {
    this.told += 1
    const random = this.#random
    const victim = random.pick(victims)
    const dice = random.float()
    if (dice < 0.1 && this.#seen.length > 0) return this.#tell(replica, 'replays', random.pick(this.#seen), nowMs)
    if (dice < 0.15) return this.#tellGarbage(replica, nowMs)
    const isForged = dice < 0.35
    // It can sign only with its own key, whosever name it writes under.
    const record = replica.signed(this.#madeUp(isForged ? victim.ownerKey : replica.ownerKey, victim.id, nowMs))
    if (this.#seen.length < seenMax) this.#seen.push(record)
    // Half of what it forges it only has: others find it there when they compare.
    if (isForged && random.chance(0.5)) return `forges ${record.timestamp} ${replica.apply(record, nowMs)}`
    return this.#tell(replica, 'makes up', record, nowMs)
  }

  /** A claim dated back, or ahead, one that closes what came before it, or a deletion of what is another's. */
  #madeUp(owner: Uint8Array, victimId: string, nowMs: number): StoreRecord {
    const random = this.#random
    const isLeased = this.#plan.leaseSeconds > 0
    const second = Math.floor(nowMs / 1000) + random.pick([0, 0, -random.integer(1, 120), random.integer(1, 90)])
    const timestamp = second * timestampsPerSecond + random.pick([0, 1, timestampsPerSecond - 1])
    const acquired =
      isLeased && random.chance(0.6) ? timestamp - random.integer(0, 600) * timestampsPerSecond : timestamp
    const pruneWatermark = isLeased && random.chance(0.3) ? random.pick([timestamp, acquired, 1]) : 0
    const released = random.chance(0.25)
    const value = textBytes(released ? '' : JSON.stringify(`lie ${this.told}`))
    // A deletion that has the form of one, since other records of another's key are refused by all.
    if (isLeased && random.chance(0.15)) {
      const key = textBytes(`~${victimId}/k`)
      return {
        owner,
        acquired: timestamp,
        timestamp,
        pruneWatermark: 0,
        released: true,
        ...noLength,
        key,
        value: textBytes(''),
        field: undefined,
      }
    }
    const key = textBytes(`k${random.integer(1, this.#plan.keys)}`)
    const { leaseSeconds: most, leaseSecondsMax } = this.#plan
    const longest = Math.min(2 * most, leaseSecondsMax)
    const leaseSeconds = released || !isLeased ? 0 : random.pick([0, most, random.integer(1, longest)])
    const ephemeral = leaseSeconds >= 5 && random.chance(0.2)
    return {
      owner,
      acquired,
      timestamp,
      pruneWatermark,
      released,
      leaseSeconds,
      ephemeral,
      key,
      value,
      field: undefined,
    }
  }

  /** Spreads a record as if it had just been written. */
  #tell(replica: Replica, what: string, record: StoreRecord, nowMs: number): string {
    const result = this.#shadowOf(replica, this.#plan.leaseSeconds).apply(record, nowMs + 3_600_000)
    if (result.outcome === 'accepted') replica.spreadLie(result.change)
    return `${what} ${record.acquired} ${record.timestamp} ${record.pruneWatermark} ${record.released} ${result.outcome}`
  }

  /** What no honest node sends: fields under leases, or a lease term where there are none. */
  #tellGarbage(replica: Replica, nowMs: number): string {
    const key = `k${this.#random.integer(1, this.#plan.keys)}`
    replica.spreadLie(this.#garbage(replica, key, nowMs))
    return `tells garbage of ${key}`
  }

  #garbage(replica: Replica, key: string, nowMs: number): Change {
    const isLeased = this.#plan.leaseSeconds > 0
    const shadow = this.#shadowOf(replica, isLeased ? 0 : 3600)
    if (!isLeased) shadow.set(key, textBytes('"garbage"'), nowMs - 1000)
    const change = isLeased
      ? shadow.setField(key, 'field', textBytes('garbage'), nowMs)
      : shadow.set(key, textBytes('"garbage"'), nowMs)
    replica.sign(shadow)
    return change
  }

  /** A store that takes what the replica's own would not. */
  #shadowOf(replica: Replica, leaseSeconds: number): Store {
    return new Store({ owner: replica.ownerKey, networkId: replica.subnet.hash, leaseSeconds, signed: true })
  }
}

/** A record of which nobody has the key. */
const noLength = { leaseSeconds: 0, ephemeral: false } as const

/** How many records a liar remembers. */
const seenMax = 200
