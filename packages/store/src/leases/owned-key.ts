import type { BinaryString } from '../values/binary-string.ts'

/** What marks a key that only one node may write: `~`, the node's id, `/`. An id is 32 bytes in base58. */
const ownedKey = /^~([1-9A-HJ-NP-Za-km-z]{32,44})\//

/** The code of `~`, by which most keys are told at once. */
const mark = 0x7e

/** The id of the only node that may write a key; undefined if any may. */
export function keyOwner(key: BinaryString): string | undefined {
  return key.charCodeAt(0) === mark ? ownedKey.exec(key)?.[1] : undefined
}

/** As `keyOwner`, of the bytes of a key. */
export function keyOwnerOf(key: Uint8Array): string | undefined {
  return key[0] === mark ? keyOwner(String.fromCharCode(...key.subarray(0, 46))) : undefined
}
