import type { FencingToken } from '@ts2p/store'

/** A fencing token as text: its timestamp in 16 digits, a point, the id of the owner. The order of such texts is that of the tokens. */
export function formatToken({ timestamp, owner }: FencingToken): string {
  return `${String(timestamp).padStart(16, '0')}.${owner}`
}

/** Compares two tokens, for `sort` too: below 0 if the first is of an earlier write, above 0 if of a later one, 0 if of the same. */
export function compareTokens(first: string, second: string): number {
  return first === second ? 0 : first < second ? -1 : 1
}
