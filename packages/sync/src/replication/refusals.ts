import type { Connection } from '@ts2p/base'
import {
  decodeAcknowledgmentRequest,
  encodeAcknowledgmentRequest,
  nodeIdFromKey,
  acknowledgmentIdBytes,
} from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import { binaryFromBytes, bytesFromBinary, recordId } from '@ts2p/store'
import type { BinaryString, Store, StoreRecord } from '@ts2p/store'
import type { SendToNeighbor } from '../sync-channel.ts'

/** Most records that one message names: who has written more hears of the first ones. */
const namedMax = 64

/** Tells neighbors which of their own records have no room here, and hears the same of them. */
export class Refusals {
  readonly #send: SendToNeighbor
  readonly #store: Store
  readonly #networkId: Uint8Array

  constructor(options: { send: SendToNeighbor; store: Store; networkId: Uint8Array }) {
    this.#send = options.send
    this.#store = options.store
    this.#networkId = options.networkId
  }

  /** Records were refused for want of room. Those of neighbors are told to them. */
  send(records: readonly StoreRecord[], neighbors: Iterable<Connection>): void {
    if (records.length === 0) return
    const byId = new Map<NodeId, Connection>([...neighbors].map((neighbor) => [neighbor.id, neighbor]))
    const refused = new Map<Connection, StoreRecord[]>()
    for (const record of records) {
      const neighbor = byId.get(nodeIdFromKey(record.owner))
      if (!neighbor) continue
      const others = refused.get(neighbor)
      if (!others) refused.set(neighbor, [record])
      else if (others.length < namedMax) others.push(record)
    }
    for (const [neighbor, own] of refused) {
      const named = own.map((record) => {
        const id = bytesFromBinary(recordId(record, this.#networkId).slice(0, acknowledgmentIdBytes))
        return { key: record.key, id }
      })
      this.#send(neighbor, 'refused', encodeAcknowledgmentRequest({ nonce: 0, records: named }))
    }
  }

  /** A neighbor has no room for records. @returns the keys of which they are what this node has written last @throws {ProtocolError} */
  read(payload: Uint8Array): BinaryString[] {
    return decodeAcknowledgmentRequest(payload).records.flatMap(({ key, id }) => {
      const name = binaryFromBytes(key)
      const [latest] = this.#store.held.recordIds(name)
      const isOwn = this.#store.meta(name)?.owner === this.#store.id
      return isOwn && latest?.startsWith(binaryFromBytes(id)) === true ? [name] : []
    })
  }
}
