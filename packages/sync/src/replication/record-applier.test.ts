import { encodeRecords, identityFromSeed, portableEd25519 } from '@ts2p/protocol'
import type { OwnIdentity, WireBatch } from '@ts2p/protocol'
import { bytesFromBinary, recordId, Store } from '@ts2p/store'
import { describe, expect, test } from 'vitest'
import { batchOf, subnetOf, wireRecord } from '../../test/liar.test-helper.ts'
import { RecordApplier } from './record-applier.ts'
import { Verifier } from './verifier.ts'

const now = 1_800_000_000_000
const [anna, bert] = [1, 2].map((fill) => identityFromSeed(new Uint8Array(32).fill(fill))) as [OwnIdentity, OwnIdentity]
const { hash: networkId } = subnetOf(true)

function createApplier(): RecordApplier {
  const store = new Store({ owner: new Uint8Array(32), networkId, signed: true })
  const verifier = new Verifier({ networkId, ed25519: portableEd25519 })
  return new RecordApplier({ store, networkId, driftMsRefused: 3_600_000, verifier })
}

const known = batchOf(anna, [wireRecord('known', now)], { signer: anna })
const forged = batchOf(anna, [wireRecord('known', now)], { signer: bert })
const news = batchOf(bert, [wireRecord('news', now)], { signer: bert })

test.each<[string, WireBatch[], { isNews: boolean; isForged: boolean }]>([
  ['known records and news, both good', [known, news], { isNews: true, isForged: false }],
  ['news, and known records with a bad signature', [forged, news], { isNews: true, isForged: true }],
  ['known records with a bad signature alone, which cost nothing', [forged], { isNews: false, isForged: false }],
  [
    'news, and a batch of nothing',
    [news, { ...news, records: [], proof: undefined }],
    { isNews: true, isForged: true },
  ],
])('what is forwarded is good to the last batch: %s', (_, batches, expected) => {
  const applier = createApplier()
  applier.apply(encodeRecords([known]), now, { isForwarded: true })
  expect(applier.apply(encodeRecords(batches), now, { isForwarded: true })).toMatchObject(expected)
})

test('what is not forwarded is verified only where it is news', () => {
  const applier = createApplier()
  applier.apply(encodeRecords([known]), now, { isForwarded: true })
  const taken = applier.apply(encodeRecords([forged, news]), now, { isForwarded: false })
  expect(taken).toMatchObject({ isNews: true, isForged: false, changes: [expect.objectContaining({ key: 'news' })] })
})

describe('a renewal that comes without its value', () => {
  const set = { ...wireRecord('service', now, 'x'.repeat(100)), leaseSeconds: 15, ephemeral: true }
  const renewed = { ...set, timestamp: set.timestamp + 5 * 2 ** 20 }
  const at = now + 5000
  const whole = batchOf(anna, [renewed, wireRecord('beside', at)], { signer: anna })
  /** The first record travels by its id. */
  const short = (batch: WireBatch, id = recordId({ ...renewed, owner: anna.key }, networkId)): WireBatch => {
    const [, ...others] = batch.records
    return { ...batch, records: [{ ...renewed, value: new Uint8Array(0), id: bytesFromBinary(id) }, ...others] }
  }
  const sent = encodeRecords([short(whole)])

  test('has that of the version before it', () => {
    const applier = createApplier()
    applier.apply(encodeRecords([batchOf(anna, [set], { signer: anna })]), now, { isForwarded: true })
    const taken = applier.apply(sent, at, { isForwarded: true })
    expect(taken).toMatchObject({ isNews: true, isForged: false, isIncomplete: false })
    expect(taken.changes.map(({ key, value, timestamp }) => [key, value, timestamp])).toEqual([
      ['service', set.value, renewed.timestamp],
      ['beside', expect.anything(), expect.anything()],
    ])
    expect(applier.apply(sent, at, { isForwarded: true })).toMatchObject({ isNews: false, isIncomplete: false })
  })

  test('is missed where that is not known, or is another: it goes on, and what is beside it counts', () => {
    const older = batchOf(anna, [{ ...set, timestamp: set.timestamp, value: new Uint8Array(3) }], { signer: anna })
    for (const before of [[], [older]]) {
      const applier = createApplier()
      applier.apply(encodeRecords(before), now, { isForwarded: true })
      const taken = applier.apply(sent, at, { isForwarded: true })
      expect(taken).toMatchObject({ isNews: true, isForged: false, isIncomplete: true })
      expect(taken.changes.map(({ key }) => key)).toEqual(['beside'])
    }
  })

  test('is forged with an id that its owner has not signed', () => {
    const forgedId = encodeRecords([short(whole, 'x'.repeat(32))])
    expect(createApplier().apply(forgedId, at, { isForwarded: true })).toMatchObject({
      isForged: true,
      changes: [],
    })
  })

  test('has a value or an id, not both', () => {
    const both = { ...whole, records: whole.records.map((record) => ({ ...record, id: new Uint8Array(32) })) }
    expect(() => createApplier().apply(encodeRecords([both]), at, { isForwarded: true })).toThrow(/beside a value/)
  })
})
