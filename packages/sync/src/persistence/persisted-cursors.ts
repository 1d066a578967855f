import { hashFromNodeId, nodeIdFromHash } from '@ts2p/protocol'
import type { NodeId, JournalPosition } from '@ts2p/protocol'

/** The hash of a node's key, the epoch and the sequence, both big-endian. */
const entryBytes = 32 + 4 + 4

/** Cursors as they are saved: 40 bytes each. */
export function encodeCursors(cursors: Iterable<readonly [NodeId, JournalPosition]>): Uint8Array {
  const entries = [...cursors]
  const bytes = new Uint8Array(entries.length * entryBytes)
  const view = new DataView(bytes.buffer)
  entries.forEach(([id, { epoch, sequence }], index) => {
    const at = index * entryBytes
    bytes.set(hashFromNodeId(id), at)
    view.setUint32(at + 32, epoch)
    view.setUint32(at + 36, sequence)
  })
  return bytes
}

/** @throws {RangeError} The bytes are no cursors. */
export function decodeCursors(bytes: Uint8Array): [NodeId, JournalPosition][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const cursors: [NodeId, JournalPosition][] = []
  for (let at = 0; at < bytes.length; at += entryBytes) {
    const position = { epoch: view.getUint32(at + 32), sequence: view.getUint32(at + 36) }
    cursors.push([nodeIdFromHash(bytes.slice(at, at + 32)), position])
  }
  return cursors
}
