import { defaultStoreLimits, timestampsPerSecond, Store } from '@ts2p/store'
import type { StoreRecord } from '@ts2p/store'
import type { FaultRow, SliceResult } from '../../row.ts'
import { randomOf } from '../../support/cases/case-random.ts'
import { heldMiB } from '../../support/resources/memory.ts'

const records = 100_000
/** Records that one store is given. Several times as many as the quarantine takes are due later. */
const recordsPerStore = 5000
const startMs = 1_800_000_000_000
const yearMs = 365.25 * 24 * 3_600_000
const heldMiBMax = 16
const { driftMsMax, driftMsRefused } = defaultStoreLimits
/** A store has fewer places than by default, so that they fill up. */
const quarantineRecordsMax = 1024
/** So many owners fill the quarantine: each may have an eighth of it. */
const owners = 8

/** Records whose timestamps lie up to ten years before and after the clock. */
export const timestamps: FaultRow = {
  name: 'timestamps',
  fault: 'A store is given records that are dated up to ten years before or after its clock.',
  mustHold:
    'Over 30 s ahead: quarantined until due, 1,024 at most. Over 1 h ahead: refused. Own timestamps stay near the clock.',
  wanted: records,
  unit: 'records',
  figure: 'MiB held by a store with its quarantine full',
  open: () => ({ slice: runStore }),
}

/** Gives a store its records and lets their time come. The slice begins where the records of a store begin. */
function runStore(from: number, until: number): SliceResult {
  const store = new Store({ owner: new Uint8Array(32).fill(1), limits: { quarantineRecordsMax } })
  const end = Math.min(until, from - (from % recordsPerStore) + recordsPerStore)
  const violations: string[] = []
  const before = heldMiB()
  const waiting = new Map<string, number>()
  for (let index = from; index < end; index += 1) {
    const violation = offer(store, index, waiting)
    if (violation !== undefined) violations.push(`Case ${index}: ${violation}`)
  }
  const worst = Math.max(0, heldMiB() - before)
  const report = (sentence: string): void => void violations.push(`Cases ${from} to ${end - 1}: ${sentence}`)
  if (worst >= heldMiBMax) report(`${worst.toFixed(1)} MiB are held.`)
  if (waiting.size > quarantineRecordsMax) report(`${waiting.size} records are kept aside.`)
  const own = store.set('own', Buffer.from('x'), startMs)
  const aheadMs = (own.timestamp / timestampsPerSecond) * 1000 - startMs
  if (aheadMs > driftMsMax + 1000) report(`the store's own timestamp was dragged ${aheadMs} ms ahead.`)
  const early = lateOrEarly(store, waiting)
  if (early !== undefined) report(early)
  return { done: end - from, worst, violations }
}

/** Offers a record. @returns what did not hold */
function offer(store: Store, index: number, waiting: Map<string, number>): string | undefined {
  const random = randomOf(index)
  const spanMs = random.pick([10 * yearMs, 10 * yearMs, 2 * driftMsRefused, driftMsRefused, 3 * driftMsMax])
  const second = Math.floor((startMs + (random.float() * 2 - 1) * spanMs) / 1000)
  const aheadMs = second * 1000 - startMs
  const key = `key ${index}`
  const timestamp = second * timestampsPerSecond + random.integer(0, timestampsPerSecond - 1)
  const rest = { pruneWatermark: 0, released: false, leaseSeconds: 3600, ephemeral: false, field: undefined }
  const [owner, value] = [new Uint8Array(32).fill(2 + (index % owners)), Buffer.from('value')]
  const record: StoreRecord = { owner, acquired: timestamp, timestamp, ...rest, key: Buffer.from(key), value }
  const result = store.apply(record, startMs)
  const expected = aheadMs > driftMsRefused ? 'too-far-ahead' : aheadMs > driftMsMax ? 'quarantined' : 'accepted'
  const ofOwner = [...waiting.keys()].filter((name) => Number(name.slice('key '.length)) % owners === index % owners)
  const isFull = expected === 'quarantined' && ofOwner.length >= quarantineRecordsMax / owners
  if (result.outcome !== (isFull ? 'full' : expected)) {
    return `a record ${aheadMs} ms ahead is ${result.outcome}, not ${isFull ? 'full' : expected}.`
  }
  if (result.outcome === 'quarantined') waiting.set(key, second * 1000)
  if (store.has(key) !== (expected === 'accepted')) return `a record ${aheadMs} ms ahead is visible, or is not.`
  return undefined
}

/** Lets an hour pass in uneven steps. @returns what came too early or too late */
function lateOrEarly(store: Store, waiting: ReadonlyMap<string, number>): string | undefined {
  for (let nowMs = startMs; nowMs <= startMs + driftMsRefused; nowMs += 97_000) {
    store.releaseDue(nowMs)
    for (const [key, dueMs] of waiting) {
      const isDue = dueMs - nowMs <= driftMsMax
      if (store.has(key) !== isDue)
        return `'${key}' is ${isDue ? 'still kept aside' : 'visible'} ${dueMs - nowMs} ms ahead.`
    }
  }
  return store.releaseDue(startMs + 2 * driftMsRefused).length === 0 || waiting.size > 0
    ? undefined
    : 'records came out that were never kept aside.'
}
