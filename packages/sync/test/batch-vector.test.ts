import { readFileSync } from 'node:fs'
import { batchMessage, decodeRecords, encodeRecords, identityFromSeed, portableEd25519 } from '@ts2p/protocol'
import { bytesFromBinary, recordId, SignedBatch } from '@ts2p/store'
import { expect, test } from 'vitest'
import { batchesFrom } from '../src/replication/record-batches.ts'
import { Verifier } from '../src/replication/verifier.ts'

interface Vector {
  readonly seed: string
  readonly publicKey: string
  readonly network: string
  readonly records: readonly {
    readonly acquired: number
    readonly stamp: number
    readonly closing: number
    readonly released: boolean
    readonly key: string
    readonly value: string
    readonly id: string
  }[]
  readonly root: string
  readonly message: string
  readonly signature: string
  /** The payload of a message that has one of the records, by its place. */
  readonly sent: { readonly index: number; readonly path: string; readonly payload: string }
}

// What peers in other languages are tested with; ours must agree with it for ever.
const vector = JSON.parse(readFileSync(new URL('../../protocol/vectors/batch.json', import.meta.url), 'utf8')) as Vector
const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('a signed batch, and one of its records on the way', () => {
  const identity = identityFromSeed(fromHex(vector.seed))
  const network = fromHex(vector.network)
  const records = vector.records.map(({ acquired, stamp, closing, released, key, value }) => ({
    acquired,
    stamp,
    closing,
    released,
    owner: identity.key,
    key: fromHex(key),
    value: fromHex(value),
    field: undefined,
  }))
  const ids = records.map((record) => recordId(record, network))
  const messages: Uint8Array[] = []
  const batch = SignedBatch.sign(ids, (root, size) => {
    const message = batchMessage(network, size, root)
    messages.push(message)
    return identity.sign(message)
  })
  const { index } = vector.sent
  const sent = records.filter((_, at) => at === index).map((record) => ({ ...record, proof: { batch, index } }))
  const payload = encodeRecords(batchesFrom(sent))
  expect({
    ...vector,
    publicKey: toHex(identity.key),
    records: vector.records.map((record, at) => ({ ...record, id: toHex(bytesFromBinary(ids[at] ?? '')) })),
    root: toHex(batch.root),
    message: messages.map(toHex).join(),
    signature: toHex(batch.signature),
    sent: { index, path: toHex(batch.path([index])), payload: toHex(payload) },
  }).toEqual(vector)

  const verifier = new Verifier({ networkId: network, ed25519: portableEd25519 })
  const proofs = decodeRecords(fromHex(vector.sent.payload)).map((received) => verifier.proofs(received).at(0))
  expect(proofs.map((proof) => proof?.index)).toEqual([index])
})
