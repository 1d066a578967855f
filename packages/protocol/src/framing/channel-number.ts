import { sha256 } from '@noble/hashes/sha2.js'
import { bytesFromText } from '../text.ts'

/** Numbers take 21 bits, which are at most three bytes of a frame. */
const numberMask = 0x1f_ff_ff

/** The number of a channel on the wire: the low 21 bits of the first four bytes of SHA-256 of `ts2p channel`, a zero byte and its name. */
export function channelNumber(name: string): number {
  const hash = sha256(bytesFromText(`ts2p channel\0${name}`))
  // 0 stands for the application's own messages.
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0) & numberMask || 1
}
