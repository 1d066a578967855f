import { Unzlib, unzlibSync, zlibSync } from 'fflate'
import { ProtocolError } from '../errors.ts'

/** Compressions and their numbers on the wire, as py2p and js2p number them. */
export const compressions = { none: 0, zlib: 19 } as const

/** Payloads below this are sent as they are. */
const compressBytesMin = 2048
/**
 * A payload is compressed only if its first bytes shrink to this share or less: what shrinks little costs each receiver more time than
 * the line saves. Messages of random bytes shrink to nearly nine tenths, by what is around them.
 */
const worthwhileShare = 0.7
const sampleBytes = 4096
/** Bytes of so high an entropy, of 8 bits a byte, are not even tried: Shannon's bound (1948) for codes of single bytes. */
const entropyBitsMax = 7.2
/** Of so many bytes the entropy is estimated: of uniform ones at 7.8. */
const entropyBytes = 1024
/** A receiver takes more than this for a bomb (see inflateRatioMax): what shrinks further is sent as it is. */
const ratioMax = 100
/** Deflate grows at most 1032-fold, so one step of this much input yields at most about 2 MB. Each step costs the copy of a window. */
const inflateStepBytes = 2048
/** As long as a payload has grown by less than `modestRatio`, its steps are longer: a bomb may then yield 8 MB once, and its link closes. */
const [longStepBytes, modestRatio] = [8192, 8] as const
/** Where payloads of one step are inflated, made when the first one comes: an inflater of their own costs 160 KiB of memory each. */
let scratch: Uint8Array | undefined

/** The payload as a zlib stream (RFC 1950), or undefined where that would not pay. */
export function compress(payload: Uint8Array): Uint8Array | undefined {
  if (payload.length < compressBytesMin || entropyBits(payload) > entropyBitsMax) return undefined
  if (payload.length > sampleBytes) {
    const sample = payload.subarray(0, sampleBytes)
    if (zlibSync(sample, { level: 1 }).length > sample.length * worthwhileShare) return undefined
  }
  const compressed = zlibSync(payload, { level: 1 })
  const isWelcome = compressed.length * ratioMax >= payload.length
  return isWelcome && compressed.length <= payload.length * worthwhileShare ? compressed : undefined
}

/**
 * Undoes `compress`, step by step, so that a bomb is stopped at the cap and not after it.
 * @throws {ProtocolError} Not a zlib stream, more than `bytesMax` bytes, or more than `ratioMax` times its own size.
 */
export function decompress(compressed: Uint8Array, limits: { bytesMax: number; ratioMax: number }): Uint8Array {
  const bytesMax = Math.min(limits.bytesMax, compressed.length * limits.ratioMax)
  if (compressed.length <= inflateStepBytes) {
    const whole = inflateAtOnce(compressed)
    if (whole && whole.length <= bytesMax) return whole
  }
  const parts: Uint8Array[] = []
  let length = 0
  let ended = false
  const inflate = new Unzlib((part, final) => {
    length += part.length
    if (length > bytesMax) throw new ProtocolError(`compression: more than ${bytesMax} bytes inflated`)
    parts.push(part)
    ended = final
  })
  try {
    for (let start = 0, end = 0; start < compressed.length; start = end) {
      end = start + (length < start * modestRatio ? longStepBytes : inflateStepBytes)
      inflate.push(compressed.subarray(start, end), end >= compressed.length)
    }
  } catch (error) {
    if (error instanceof ProtocolError) throw error
    throw new ProtocolError('compression: not a zlib stream', { cause: error })
  }
  if (!ended) throw new ProtocolError('compression: the stream does not end')
  return join(parts, length)
}

/** The payload, if it is a zlib stream of at most `ratioMax` times a step; undefined if it is to be inflated step by step. */
function inflateAtOnce(compressed: Uint8Array): Uint8Array | undefined {
  // One byte more: what is written behind the end is lost.
  scratch ??= new Uint8Array(inflateStepBytes * ratioMax + 1)
  try {
    const inflated = unzlibSync(compressed, { out: scratch })
    return inflated.length < scratch.length ? inflated.slice() : undefined
  } catch {
    return undefined
  }
}

/** The entropy of single bytes, in bits, of some from all over the payload. */
function entropyBits(payload: Uint8Array): number {
  const step = Math.max(1, Math.floor(payload.length / entropyBytes))
  const counts = new Uint32Array(256)
  let total = 0
  for (let index = 0; index < payload.length; index += step) {
    const byte = payload[index] ?? 0
    counts[byte] = (counts[byte] ?? 0) + 1
    total += 1
  }
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total)
  return bits
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let start = 0
  for (const part of parts) {
    whole.set(part, start)
    start += part.length
  }
  return whole
}
