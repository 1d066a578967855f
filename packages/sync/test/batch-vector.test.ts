import { readFileSync } from 'node:fs'
import {
  batchMessage,
  batchStatement,
  broadcastHeaderHash,
  channelNumber,
  decodeRecords,
  encodeBroadcast,
  encodeRecords,
  identityFromSeed,
  portableEd25519,
  portableSha256,
  signedMessage,
} from '@ts2p/protocol'
import type { MessageProof } from '@ts2p/mesh'
import { bytesFromBinary, recordId, SignedBatch } from '@ts2p/store'
import type { StoreRecord } from '@ts2p/store'
import { expect, test } from 'vitest'
import { batchesFrom } from '../src/replication/record-batches.ts'
import { Verifier } from '../src/replication/verifier.ts'

interface Vector {
  readonly seed: string
  readonly publicKey: string
  readonly network: string
  readonly records: readonly {
    readonly acquired: number
    readonly timestamp: number
    readonly pruneWatermark: number
    readonly released: boolean
    readonly leaseSeconds: number
    readonly ephemeral: boolean
    readonly key: string
    readonly value: string
    readonly id: string
  }[]
  readonly root: string
  readonly message: string
  readonly signature: string
  /** The payload of a message that has one of the records, by its place. */
  readonly sent: { readonly index: number; readonly path: string; readonly payload: string }
  /** The same records, signed together with the broadcast of them. */
  readonly broadcast: {
    readonly epoch: number
    readonly sequence: number
    readonly time: number
    /** The payload of the broadcast: all records, without a signature of their own. */
    readonly content: string
    readonly statement: string
    readonly headerHash: string
    readonly message: string
    readonly signature: string
    /** The broadcast. */
    readonly broadcast: string
    /** The payload of a message to a neighbor that has one of the records, by its place. */
    readonly sent: { readonly index: number; readonly payload: string }
  }
}

// What peers in other languages are tested with; ours must agree with it for ever.
const vector = JSON.parse(readFileSync(new URL('../../protocol/vectors/batch.json', import.meta.url), 'utf8')) as Vector
const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const identity = identityFromSeed(fromHex(vector.seed))
const network = fromHex(vector.network)
const records = vector.records.map(
  ({ acquired, timestamp, pruneWatermark, released, leaseSeconds, ephemeral, key, value }) => ({
    ...{ acquired, timestamp, pruneWatermark, released, leaseSeconds, ephemeral, owner: identity.key },
    ...{ key: fromHex(key), value: fromHex(value), field: undefined },
  }),
)
const ids = records.map((record) => recordId(record, network))

/** The records with the proof that they are of a batch. */
function recordsOf(batch: SignedBatch): StoreRecord[] {
  return records.map((record, index) => ({ ...record, proof: { batch, index } }))
}

/** The payload of a message that has one of the records. */
function payloadWith(batch: SignedBatch, index: number): Uint8Array {
  return encodeRecords(batchesFrom(recordsOf(batch).filter((_, at) => at === index)))
}

test('a signed batch, and one of its records on the way', () => {
  const messages: Uint8Array[] = []
  const batch = SignedBatch.sign(ids, (root, size) => {
    const message = batchMessage(network, size, root)
    messages.push(message)
    return identity.sign(message)
  })
  const { index } = vector.sent
  const payload = payloadWith(batch, index)
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

test('a batch that has the signature of its broadcast, and one of its records elsewhere', () => {
  const { epoch, sequence, time, sent } = vector.broadcast
  const batch = SignedBatch.sign(ids, () => {
    throw new Error('It needs no signature of its own.')
  })
  const content = encodeRecords(batchesFrom(recordsOf(batch), batch))
  const broadcast = { id: { source: identity.key, epoch, sequence }, time, count: 1, content }
  const channel = channelNumber('sync')
  const headerHash = broadcastHeaderHash({ flag: 'broadcast', channel, ...broadcast }, portableSha256)
  const statement = batchStatement(batch.size, batch.root)
  const message = signedMessage({ networkId: network, headerHash, statement })
  expect(message).toEqual(batchMessage(network, batch.size, batch.root, headerHash))
  const signature = identity.sign(message)
  batch.adopt({ signature, headerHash })
  expect({
    ...{ epoch, sequence, time, content: toHex(content), statement: toHex(statement), headerHash: toHex(headerHash) },
    ...{ message: toHex(message), signature: toHex(signature) },
    broadcast: toHex(encodeBroadcast({ ...broadcast, signature, statement })),
    sent: { index: sent.index, payload: toHex(payloadWith(batch, sent.index)) },
  }).toEqual(vector.broadcast)

  const proof = { key: identity.key, signature, headerHash, statement }
  const proven = (payload: string, by?: MessageProof): boolean[] => {
    const verifier = new Verifier({ networkId: network, ed25519: portableEd25519 })
    return decodeRecords(fromHex(payload)).map((received) => verifier.proofs(received, by).at(0) !== undefined)
  }
  expect(proven(vector.broadcast.content, proof)).toEqual([true])
  expect(proven(vector.broadcast.content)).toEqual([false])
  expect(proven(vector.broadcast.content, { ...proof, statement: new Uint8Array(0) })).toEqual([false])
  expect(proven(sent.payload)).toEqual([true])
})
