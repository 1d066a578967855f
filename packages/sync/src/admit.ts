import type { NodeId, WireRecord } from '@ts2p/protocol'

/**
 * Whether a node may spread these records in its own name: its own records, and with a claim of a key the record of
 * another that the claim supersedes, so that whoever did not know of that one can follow. Records of others travel
 * otherwise only between neighbours that compare what they have. Until records are signed, this keeps a node from
 * speaking for another in the open, not from inventing what another once wrote.
 */
export function maySpread(
  records: readonly WireRecord[],
  origin: NodeId,
  ownerId: (owner: Uint8Array) => string,
  keyName: (key: Uint8Array) => string,
): boolean {
  const claimed = new Set(records.filter(({ owner }) => ownerId(owner) === origin).map(({ key }) => keyName(key)))
  return records.every(({ owner, key }) => ownerId(owner) === origin || claimed.has(keyName(key)))
}
