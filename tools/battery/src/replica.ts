import { createHash } from 'node:crypto'
import type { Host, SimulatedNetwork } from '@ts2p/simulator'
import { bytesFromBinary } from '@ts2p/store'
import { SyncSocket } from '@ts2p/sync'
import type { SyncSocketOptions } from '@ts2p/sync'

/** What the networks of the battery keep at their keys. */
export type Value = string | Record<string, string>

/** A sync socket of which the store can be looked at, and whose events are held against it. */
export class Replica extends SyncSocket<string, Value> {
  /** What one knows who has only listened to the events. */
  readonly heard: Map<string, Value> = new Map()

  constructor(options: SyncSocketOptions<string, Value>) {
    super(options)
    this.on('update', ({ key, value }) => void this.heard.set(key, value))
    this.on('delete', ({ key }) => void this.heard.delete(key))
  }

  /** All that two replicas must have alike: keys, values, owners, stamps, and the sums over all records. */
  state(): string {
    const { store } = this
    const entries = [...store.keys()].toSorted().map((key) => {
      const meta = store.meta(key)
      const fields = [...(store.fields(key) ?? [])].toSorted(byName).map(([field, value]) => `${field}:${hex(value)}`)
      return `${hex(bytesFromBinary(key))}=${hex(store.get(key))} ${meta?.owner} ${meta?.stamp} ${fields.join(',')}`
    })
    return [`${store.recordCount} records, root ${hex(store.summaryRoot())}`, ...entries].join('\n')
  }

  /** A short name of the state. */
  stateHash(): string {
    return createHash('sha256').update(this.state()).digest('hex').slice(0, 12)
  }

  /** Whether the events have told exactly what is there. */
  get isToldTruly(): boolean {
    return sorted(this.heard) === sorted(this.copy())
  }
}

/** The one port of each simulated host. */
export const port = 4444

/** A node on a host; it listens once it is told to. */
export function createReplica(network: SimulatedNetwork, host: Host, leaseSeconds: number): Replica {
  return new Replica({
    subnet: 'battery',
    transports: [network.transport(host)],
    listen: { host: host.name, port },
    environment: host.environment,
    keyEncoding: 'utf8',
    valueEncoding: 'json',
    leasing: leaseSeconds > 0,
    ...(leaseSeconds > 0 ? { leaseSeconds } : {}),
  })
}

function byName([x]: readonly [string, unknown], [y]: readonly [string, unknown]): number {
  if (x === y) return 0
  return x < y ? -1 : 1
}

function sorted(entries: ReadonlyMap<string, Value>): string {
  const inOrder = [...entries].toSorted(byName)
  return JSON.stringify(
    inOrder.map(([key, value]) => [key, typeof value === 'string' ? value : Object.entries(value).toSorted(byName)]),
  )
}

function hex(bytes: Uint8Array | undefined): string {
  return bytes ? Buffer.from(bytes).toString('hex') : '-'
}
