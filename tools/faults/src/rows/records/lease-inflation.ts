import { timestampsPerSecond, Store } from '@ts2p/store'
import type { StoreRecord } from '@ts2p/store'
import type { FaultRow, SliceResult } from '../../row.ts'

const takeovers = 700
const hourMs = 3_600_000
/** A lease is an hour, and a clock may be 30 s ahead. A takeover waits for both, and for the second in which they end. */
const takeoverMs = hourMs + 31_000
const startMs = 1_800_000_000_000
const key = 'key'

/** A record that is as strong as a legal one can be, and takeovers that must not be undone by it. */
export const leaseInflation: FaultRow = {
  name: 'lease-inflation',
  fault: 'A node claims a key by the strongest legal record, which comes again after each of 700 hourly takeovers.',
  mustHold: 'No lease outlives its own hour: 700 takeovers survive on both replicas.',
  wanted: takeovers,
  unit: 'takeovers',
  open() {
    let history = new History()
    return {
      slice(from, until) {
        // Each takeover follows from those before it.
        if (history.takeovers > from) history = new History()
        while (history.takeovers < from) history.takeOver()
        return takeOverAll(history, until)
      },
    }
  },
}

function takeOverAll(history: History, until: number): SliceResult {
  const violations: string[] = []
  const from = history.takeovers
  while (history.takeovers < until) {
    const violation = history.takeOver()
    if (violation !== undefined) violations.push(`Case ${history.takeovers - 1}: ${violation}`)
  }
  return { done: until - from, violations }
}

/** Two honest replicas, and what became of a key that a stranger has claimed. */
class History {
  takeovers = 0
  readonly #nodes: readonly [Store, Store] = [ownerOf(1), ownerOf(2)].map((owner) => new Store({ owner })) as [
    Store,
    Store,
  ]
  readonly #strongest: StoreRecord

  constructor() {
    // As far ahead of the clock as is merged at once, closing all that came before it.
    const timestamp = (startMs / 1000 + 30) * timestampsPerSecond
    const rest = {
      key: Buffer.from(key),
      value: Buffer.from('mallory'),
      field: undefined,
      released: false,
      leaseSeconds: 3600,
    }
    const ephemeral = false
    this.#strongest = {
      owner: ownerOf(9),
      acquired: timestamp,
      timestamp,
      pruneWatermark: timestamp,
      ephemeral,
      ...rest,
    }
    for (const node of this.#nodes) {
      const { outcome } = node.apply(this.#strongest, startMs)
      if (outcome !== 'accepted') throw new Error(`The strongest legal record is ${outcome}.`)
      if (node.mayWrite(key, startMs + 1000)?.code !== 'LEASE_HELD') throw new Error('The record claims no lease.')
    }
  }

  /** The other node takes the key over, and the strongest record comes again. @returns what did not hold */
  takeOver(): string | undefined {
    this.takeovers += 1
    const nowMs = startMs + this.takeovers * takeoverMs
    const value = String(this.takeovers)
    const writer = this.#nodes[this.takeovers % 2 === 0 ? 0 : 1]
    const refusal = writer.mayWrite(key, nowMs)
    if (refusal) return `the lease outlived its hour: ${refusal.message}`
    const { records } = writer.set(key, Buffer.from(value), nowMs)
    for (const node of this.#nodes) {
      for (const record of records) node.apply(record, nowMs)
      node.apply(this.#strongest, nowMs)
      const read = Buffer.from(node.get(key) ?? []).toString()
      if (read !== value) return `takeover ${value} was undone: the value is '${read}'.`
      if (node.lease(key)?.owner !== writer.id) return `takeover ${value} does not hold the lease.`
    }
    return undefined
  }
}

function ownerOf(fill: number): Uint8Array {
  return new Uint8Array(32).fill(fill)
}
