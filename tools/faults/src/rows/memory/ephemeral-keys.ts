import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { unless } from '../../support/cases/case-loop.ts'
import { EphemeralNetwork } from '../../support/ephemeral/ephemeral-network.ts'
import type { EphemeralTerms } from '../../support/ephemeral/ephemeral-network.ts'
import { usedBytes } from '../../support/resources/used-memory.ts'

/** A case is this long, seconds. */
const caseSeconds = 600
/** How many cases a week has, and a day. */
const [weekCases, dayCases] = [1008, 144]
/** From this case of a run on the heap must stay flat: keys come and are dropped, and code is compiled. */
const warmUpCases = 24
/** What a record may take more than after the warm-up, %. */
const growthMax = 10
/** For how long the records of a key are kept beyond its longest lease, seconds: a minute, a whole one, and clocks that differ. */
const graceSeconds = 180

/** What befalls the network of either kind: a crash in three hours, a partition in two, clocks that change in one. */
const faultInjector = { crash: 1 / 10_800, partition: 1 / 7200, clockStep: 1 / 3600 } as const
/**
 * Two clocks differ by 30 s at most. If they differed by 60 s, a host that is behind would have no room for the 7,000 keys of a host that starts
 * anew. It gets them by a comparison, but those that were renewed meanwhile have to wait again, for 91 s in all.
 */
const hour: EphemeralTerms = { keys: 35_000, leaseSeconds: 3600, skewMs: 15_000, ...faultInjector }
/** Two clocks differ by 60 s at most: a host that is behind puts aside what one that is ahead writes, for half a minute. */
const minute: EphemeralTerms = { keys: 3500, leaseSeconds: 60, skewMs: 30_000, ...faultInjector }

/** Ephemeral keys whose owners come and go. It works on stores, since sockets would take days. */
export const ephemeralKeys: FaultRow = {
  name: 'ephemeral-keys',
  fault:
    'Owners of ephemeral keys come and go, one a second, on five stores that crash and part: 35,000 keys for a week, clocks up to 30 s apart; 3,500 for a day, 60 s.',
  mustHold:
    'No key outlives its owner by more than its lease, 1 s and the clocks; none is absent for longer than 1 s and the clocks; the heap is flat.',
  wanted: weekCases + dayCases,
  unit: 'times 10 min',
  figure: '% more heap per record',
  open: () => new EphemeralRun(),
}

/** A run begins with a new network, also where it goes on after another one. */
class EphemeralRun implements FaultRunner {
  #network: EphemeralNetwork | undefined
  #terms: EphemeralTerms | undefined
  #done = 0
  #bytesPerRecord: number | undefined

  slice(from: number): SliceResult {
    const terms = from < weekCases ? hour : minute
    if (!this.#network || this.#terms !== terms) {
      this.#network = undefined
      this.#network = new EphemeralNetwork(from, terms)
      this.#terms = terms
      this.#done = 0
      this.#bytesPerRecord = undefined
    }
    const { ghosts, missing, examples } = this.#network.run(caseSeconds)
    this.#done += 1
    const { all, most } = this.#network.records
    // One key ends each second, and at times all of a host.
    const mostWanted = 2 * terms.keys + terms.leaseSeconds + graceSeconds
    const growth = this.#growth(all)
    const violations = [
      ...unless(ghosts === 0, `Case ${from}: ${ghosts} ghosts. ${examples.join('. ')}.`),
      ...unless(missing === 0, `Case ${from}: ${missing} missing. ${examples.join('. ')}.`),
      ...unless(most <= mostWanted, `Case ${from}: a host holds ${most} records.`),
      ...unless((growth ?? 0) <= growthMax, `Case ${from}: a record takes ${growth?.toFixed(1)} % more heap.`),
    ]
    return { done: 1, ...(growth !== undefined && { worst: growth }), violations }
  }

  /** By how much the heap for a record has grown since the warm-up, %. */
  #growth(records: number): number | undefined {
    if (this.#done < warmUpCases) return undefined
    const bytes = usedBytes() / records
    this.#bytesPerRecord ??= bytes
    return 100 * (bytes / this.#bytesPerRecord - 1)
  }
}
