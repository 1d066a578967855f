import type { OwnIdentity, Subnet, WireBatch, WireRecord } from '@ts2p/protocol'
import { batchMessage, channelNumber, encodeRecords } from '@ts2p/protocol'
import { signedBroadcast } from '@ts2p/simulator'
import { recordId, SignedBatch, timestampsPerSecond } from '@ts2p/store'

/** The channel of the dictionary. */
const channel = channelNumber('sync')

/** A record as its owner may write it. */
export function wireRecord(key: string, now: number, value: string): WireRecord {
  const timestamp = Math.floor(now / 1000) * timestampsPerSecond
  const rest = { pruneWatermark: 0, released: false, leaseSeconds: 3600, ephemeral: false, field: undefined }
  return { acquired: timestamp, timestamp: timestamp, ...rest, key: bytesOf(key), value: bytesOf(value) }
}

/** All records of one owner, with one signature by whoever signs. */
export function batchOf(
  owner: { readonly key: Uint8Array },
  records: readonly WireRecord[],
  { signer, subnet }: { signer: OwnIdentity; subnet: Subnet },
): WireBatch {
  const ids = records.map((record) => recordId({ ...record, owner: owner.key }, subnet.hash))
  const batch = SignedBatch.sign(ids, (root, size) => signer.sign(batchMessage(subnet.hash, size, root)))
  const indices = records.map((_, index) => index)
  return {
    owner: owner.key,
    records,
    proof: {
      signature: batch.signature,
      headerHash: batch.headerHash,
      size: batch.size,
      indices,
      path: new Uint8Array(0),
    },
  }
}

/** The payload of a broadcast, of some batches, that a source has signed. */
export function storePayload(
  source: OwnIdentity,
  batches: readonly WireBatch[],
  { subnet, time, epoch = 1, sequence = 1 }: { subnet: Subnet; time: number; epoch?: number; sequence?: number },
): Uint8Array {
  return signedBroadcast(source, subnet.hash, {
    ...{ channel, time, epoch, sequence },
    content: encodeRecords(batches),
  })
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text))
}
