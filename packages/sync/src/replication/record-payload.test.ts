import { systemEnvironment } from '@ts2p/base'
import { batchMessage, decodeRecords, identityFromSeed, portableEd25519 } from '@ts2p/protocol'
import { SignedBatch, Store } from '@ts2p/store'
import type { BinaryString, StoreRecord } from '@ts2p/store'
import { expect, test } from 'vitest'
import { packRecords } from './record-payload.ts'
import type { RecordPayload } from './record-payload.ts'
import { recordOf } from './record-batches.ts'
import { Verifier } from './verifier.ts'

const { ed25519 = portableEd25519 } = systemEnvironment()
const networkId = new Uint8Array(32).fill(1)
const identity = identityFromSeed(new Uint8Array(32).fill(2), ed25519)
const now = 1_800_000_000_000

/** A store of so many keys, signed. */
function storeOf(count: number): Store {
  const store = new Store({ owner: identity.key, networkId, signed: true })
  for (let index = 0; index < count; index++) store.set(`key ${index}`, 'x'.repeat(50), now)
  sign(store)
  return store
}

function sign(store: Store, options = { regroup: false }): void {
  store.signOwn(signed, options)
}

function signed(ids: readonly BinaryString[]): SignedBatch {
  return SignedBatch.sign(ids, (root, size) => identity.sign(batchMessage(networkId, size, root)))
}

const recordsOf = (store: Store): Generator<StoreRecord> => store.records()

/** A store that has taken in payloads, all of which are proven. */
function receiver(payloads: Iterable<RecordPayload>): Store {
  const verifier = new Verifier({ networkId, ed25519 })
  const store = new Store({ owner: new Uint8Array(32), networkId, signed: true })
  for (const { bytes } of payloads) {
    for (const batch of decodeRecords(bytes)) {
      const proofs = verifier.proofs(batch)
      batch.records.forEach((record, place) => {
        const { outcome } = store.apply(recordOf(batch, record), now, () => proofs.at(place))
        expect(['accepted', 'known', 'stale']).toContain(outcome)
      })
    }
  }
  return store
}

test.each([300, 1000, 5000, 100_000])(
  'payloads of %i bytes hold all records, none is longer, and all are proven',
  (bytesMax) => {
    const store = storeOf(1500)
    const payloads = [...packRecords(recordsOf(store), { bytesMax, isSigned: true })]
    const longest = Math.max(...payloads.map(({ bytes }) => bytes.length))
    // One record alone, with the longest path, is longer than 300.
    expect(longest).toBeLessThanOrEqual(Math.max(bytesMax, 600))
    expect(receiver(payloads).size).toBe(1500)
  },
)

test('records far from each other in their batches fit too', () => {
  const store = storeOf(4000)
  const some = [...recordsOf(store)].filter((_, index) => index % 37 === 0)
  const payloads = [...packRecords(some, { bytesMax: 4000, isSigned: true })]
  expect(Math.max(...payloads.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(4000)
  expect(receiver(payloads).size).toBe(some.length)
})

test('while a stream is under way its records may be replaced, deleted, signed anew: what is sent stays proven', () => {
  const store = storeOf(400)
  const stream = packRecords(recordsOf(store), { bytesMax: 2000, isSigned: true })
  const payloads: RecordPayload[] = []
  let index = 0
  for (const payload of stream) {
    payloads.push(payload)
    for (let times = 0; times < 40; times++) store.set(`key ${(index += 7) % 400}`, 'second', now)
    store.delete(`key ${index % 400}`, now)
    sign(store, { regroup: true })
  }
  payloads.push(...packRecords(recordsOf(store), { bytesMax: 100_000, isSigned: true }))
  const received = receiver(payloads)
  expect([...received.keys()].toSorted()).toEqual([...store.keys()].toSorted())
})

test('what was signed one by one is signed anew, many at once, when there is much of it', () => {
  const store = new Store({ owner: identity.key, networkId, signed: true })
  const sizes: number[] = []
  const count = (options?: { readonly regroup: boolean }): void =>
    store.signOwn((ids) => {
      sizes.push(ids.length)
      return signed(ids)
    }, options)
  for (let index = 0; index < 1100; index++) {
    store.set(`key ${index}`, 'x', now)
    count()
  }
  expect(sizes.length).toBe(1100)
  count({ regroup: true })
  expect(sizes.slice(1100)).toEqual([1024, 76])
  count({ regroup: true })
  expect(sizes.length).toBe(1102)
  const payloads = [...packRecords(recordsOf(store), { bytesMax: 10_000, isSigned: true })]
  expect(receiver(payloads).size).toBe(1100)
})
