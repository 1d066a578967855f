import { encodeRecords, identityFromSeed, portableEd25519 } from '@ts2p/protocol'
import type { OwnIdentity, WireBatch } from '@ts2p/protocol'
import { Store } from '@ts2p/store'
import { expect, test } from 'vitest'
import { batchOf, subnetOf, wireRecord } from '../../test/liar.test-helper.ts'
import { RecordIntake } from './record-intake.ts'
import { Verifier } from './verifier.ts'

const now = 1_800_000_000_000
const [anna, bert] = [1, 2].map((fill) => identityFromSeed(new Uint8Array(32).fill(fill))) as [OwnIdentity, OwnIdentity]
const { hash: networkId } = subnetOf(true)

function createIntake(): RecordIntake {
  const store = new Store({ owner: new Uint8Array(32), networkId, signed: true })
  const verifier = new Verifier({ networkId, ed25519: portableEd25519 })
  return new RecordIntake({ store, driftMsRefused: 3_600_000, verifier })
}

const known = batchOf(anna, [wireRecord('known', now)], { signer: anna })
const forged = batchOf(anna, [wireRecord('known', now)], { signer: bert })
const news = batchOf(bert, [wireRecord('news', now)], { signer: bert })

test.each<[string, WireBatch[], { isNews: boolean; isForged: boolean }]>([
  ['known records and news, both good', [known, news], { isNews: true, isForged: false }],
  ['news, and known records with a bad signature', [forged, news], { isNews: true, isForged: true }],
  ['known records with a bad signature alone, which cost nothing', [forged], { isNews: false, isForged: false }],
  ['news, and a batch of nothing', [news, { ...news, records: [], seal: undefined }], { isNews: true, isForged: true }],
])('what is forwarded is good to the last batch: %s', (_, batches, expected) => {
  const intake = createIntake()
  intake.takeIn(encodeRecords([known]), now, { isForwarded: true })
  expect(intake.takeIn(encodeRecords(batches), now, { isForwarded: true })).toMatchObject(expected)
})

test('what is not forwarded is verified only where it is news', () => {
  const intake = createIntake()
  intake.takeIn(encodeRecords([known]), now, { isForwarded: true })
  const taken = intake.takeIn(encodeRecords([forged, news]), now, { isForwarded: false })
  expect(taken).toMatchObject({ isNews: true, isForged: false, changes: [expect.objectContaining({ key: 'news' })] })
})
