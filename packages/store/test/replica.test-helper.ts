import { type Change, type ApplyResult, Store, type StoreOptions, type StoreRecord } from '../src/index.ts'

/** A moment that begins a second: 2027-01-15T08:00:00Z. */
export const start = 1_800_000_000_000

/** A made-up public key whose owner is called `name` in stores made by `replica`. */
export function ownerNamed(name: string): Uint8Array {
  const owner = new Uint8Array(32)
  for (let index = 0; index < name.length; index += 1) owner[index] = name.charCodeAt(index)
  return owner
}

/** A store whose owner's id is `name`, so that tests can choose who wins a tie. */
export function replica(name: string, options: Partial<StoreOptions> = {}): Store {
  return new Store({ owner: ownerNamed(name), idOf: nameOf, ...options })
}

function nameOf(owner: Uint8Array): string {
  return String.fromCharCode(...owner.filter((byte) => byte !== 0))
}

/** Bytes of an ASCII text. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** The value of a key as ASCII text. */
export function read(store: Store, key: string): string | undefined {
  const value = store.get(key)
  return value && String.fromCharCode(...value)
}

/** Hands the records of a change to other replicas, as a network would. */
export function deliver(change: Change | undefined, nowMs: number, ...to: Store[]): ApplyResult[] {
  const records = change?.records ?? []
  return to.flatMap((store) => records.map((record) => store.apply(record, nowMs)))
}

/** All records of a store. */
export function recordsOf(store: Store): StoreRecord[] {
  return [...store.records()]
}

/** Gives each of two replicas what the other has. */
export function reconcile(one: Store, other: Store, nowMs: number): void {
  const records = [...recordsOf(one), ...recordsOf(other)]
  for (const record of records) for (const store of [one, other]) store.apply(record, nowMs)
}

/** Everything that two replicas in the same state share, as one text: every byte of every record, and what is read. */
export function stateOf(store: Store): string {
  const records = recordsOf(store).map(
    ({ owner, acquired, timestamp, pruneWatermark, released, leaseSeconds, ephemeral, key, value, field }) =>
      [
        hex(key),
        hex(owner),
        acquired,
        timestamp,
        pruneWatermark,
        released,
        leaseSeconds,
        ephemeral,
        hex(field),
        hex(value),
      ].join(' '),
  )
  const seen = [...store.keys()].map((key) => {
    const meta = store.meta(key)
    const since = store.lease(key)?.acquiredAt
    return `${hex(Buffer.from(key, 'latin1'))} = ${hex(store.get(key))} by ${meta?.owner} ${meta?.timestamp} ${since}`
  })
  return [...records.toSorted(), ...seen.toSorted()].join('\n')
}

function hex(part: Uint8Array | undefined): string {
  return part === undefined ? '-' : Buffer.from(part).toString('hex')
}

/** A record as a stranger may make it. */
export function recordBy(name: string, fields: Partial<StoreRecord> = {}): StoreRecord {
  const timestamp = fields.timestamp ?? fields.acquired ?? (start / 1000) * 2 ** 20
  return {
    owner: ownerNamed(name),
    acquired: timestamp,
    timestamp,
    pruneWatermark: 0,
    released: false,
    leaseSeconds: fields.released === true ? 0 : 3600,
    ephemeral: false,
    key: bytes('key'),
    value: fields.released === true ? bytes('') : bytes(name),
    field: undefined,
    ...fields,
  }
}
