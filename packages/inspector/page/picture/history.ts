import type { Snapshot } from '../../src/wire.ts'

/** How far back the charts go. */
const pointsMax = 300

/** What the charts show of one moment; null: unknown, or there was nothing to measure. */
export interface Moment {
  /** Seconds since 1970, as charts count. */
  readonly at: number
  readonly sentPerS: number | null
  readonly receivedPerS: number | null
  readonly duplicatesPerS: number | null
  readonly sentBytesPerS: number | null
  readonly receivedBytesPerS: number | null
  readonly delayMeanMs: number | null
  readonly delayMaxMs: number | null
  readonly residentMiB: number
  readonly heapMiB: number
}

const mebibyte = 1024 * 1024

/** The last minutes of a node. */
export class History {
  readonly moments: Moment[] = []
  #last: Snapshot | undefined

  /** Adds a snapshot. */
  add(snapshot: Snapshot): void {
    const { now, metrics, memory, delays } = snapshot
    const last = this.#last
    this.#last = snapshot
    const seconds = last ? (now - last.now) / 1000 : 0
    const rate = (name: keyof Snapshot['metrics']): number | null =>
      // After a restart of the node it counts anew.
      last && seconds > 0 && metrics[name] >= last.metrics[name] ? (metrics[name] - last.metrics[name]) / seconds : null
    this.moments.push({
      at: now / 1000,
      sentPerS: rate('messagesSent'),
      receivedPerS: rate('messagesReceived'),
      duplicatesPerS: rate('duplicatesReceived'),
      sentBytesPerS: rate('bytesSent'),
      receivedBytesPerS: rate('bytesReceived'),
      delayMeanMs: delays?.meanMs ?? null,
      delayMaxMs: delays?.maxMs ?? null,
      residentMiB: memory.residentBytes / mebibyte,
      heapMiB: memory.heapBytes / mebibyte,
    })
    if (this.moments.length > pointsMax) this.moments.shift()
  }
}
