import type { BinaryString } from '../values/binary-string.ts'

/** What marks a key that only one node may write: `~`, the node's id, `/`. An id is 32 bytes in base58. */
const ownedKey = /^~([1-9A-HJ-NP-Za-km-z]{32,44})\//

/** How long after the lease of its owner has ended a key may be deleted by others, seconds: clocks differ. */
export const graceSeconds = 60

/** The code of `~`, by which most keys are told at once. */
const mark = 0x7e

/** The id of the only node that may write a key; undefined if any may. */
export function keyOwner(key: BinaryString): string | undefined {
  return key.charCodeAt(0) === mark ? ownedKey.exec(key)?.[1] : undefined
}

/** Whether only another node than the one with this id may write a key. */
export function isOwnedByAnother(key: BinaryString, id: string): boolean {
  const only = keyOwner(key)
  return only !== undefined && only !== id
}

/** As `keyOwner`, of the bytes of a key. */
export function keyOwnerOf(key: Uint8Array): string | undefined {
  return key[0] === mark ? keyOwner(String.fromCharCode(...key.subarray(0, 46))) : undefined
}
