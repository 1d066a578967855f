import { Random } from '@ts2p/simulator'

/** A source of chance for one case. The number is mixed first (the finalizer of MurmurHash3), so that neighbors differ. */
export function randomOf(index: number, salt = 0): Random {
  let seed = (index ^ Math.imul(salt, 0x9e3779b1)) >>> 0
  seed = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b)
  seed = Math.imul(seed ^ (seed >>> 13), 0xc2b2ae35)
  return new Random((seed ^ (seed >>> 16)) | 0)
}

/** Random bytes, of which one draw is the seed: by xorshift (Marsaglia 2003), several times as fast as a draw for each. */
export function quickBytes(random: Random, length: number): Uint8Array {
  let state = random.integer(1, 0x7fff_ffff)
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state & 0xff
  }
  return bytes
}
