import { hashFromNodeId, nodeIdFromHash } from '@ts2p/protocol'
import type { NodeId, Position } from '@ts2p/protocol'
import type { Cursors } from '../anti-entropy/cursors.ts'
import type { Keeper } from './keeper.ts'

/** The hash of a node's key, the epoch and the sequence, both big-endian. */
const entryBytes = 32 + 4 + 4

/** Cursors as they are kept: 40 bytes each. */
function encodeCursors(cursors: Iterable<readonly [NodeId, Position]>): Uint8Array {
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
export function decodeCursors(bytes: Uint8Array): [NodeId, Position][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const cursors: [NodeId, Position][] = []
  for (let at = 0; at < bytes.length; at += entryBytes) {
    const position = { epoch: view.getUint32(at + 32), sequence: view.getUint32(at + 36) }
    cursors.push([nodeIdFromHash(bytes.slice(at, at + 32)), position])
  }
  return cursors
}

/**
 * Keeps cursors as they are now, once all that they say is held is durable: a cursor that was kept first would, after a
 * crash in between, have the node never ask for what it lost.
 */
export async function keepCursors(keeper: Keeper, cursors: Cursors): Promise<void> {
  const bytes = encodeCursors(cursors.entries())
  try {
    await keeper.flush()
    keeper.keep('cursors', bytes.length > 0 ? bytes : undefined)
  } catch {
    // The keeper has reported it, and tries again; the cursors that were kept before are good.
  }
}
