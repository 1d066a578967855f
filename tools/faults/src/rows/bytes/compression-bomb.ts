import { constants, deflateRawSync, deflateSync } from 'node:zlib'
import { compressions, decodeEnvelope, defaultLimits, ProtocolError } from '@ts2p/protocol'
import type { FaultRow } from '../../row.ts'
import { randomOf } from '../../support/cases/case-random.ts'
import { runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { heldMiB, processorMs } from '../../support/resources/memory.ts'

const kibibyte = 1024
const mebibyte = 2 ** 20
const growthMiBMax = 8
const processorMsMax = 50
/** All buffers that one bomb may make until it is refused, whether they are garbage by then or not. */
const allocatedMiBMax = 16
const perMethod = 100
const warmUpRounds = 10
const limits = { bytesMax: defaultLimits.frameBytesMax, ratioMax: defaultLimits.inflateRatioMax }

/** How a bomb is made. Zlib is the only method that ts2p undoes; all others must be refused unread. */
const methods = ['1 KiB of zlib', '1 MiB of zlib, which is 1 GiB', 'endless zlib', 'gzip', 'zlib in zlib'] as const

/** Compressed payloads that grow as far as their format allows. */
export const compressionBomb: FaultRow = {
  name: 'compression-bomb',
  fault: 'A compressed payload grows about 1,032-fold, as far as the format allows, up to 1 GiB.',
  mustHold: 'A bomb is refused at the cap: < 8 MiB, and < 50 ms of processor time in a warm process.',
  wanted: perMethod * methods.length,
  unit: 'bombs',
  figure: 'ms of processor time',
  async open() {
    const bombs = methods.map((method) => bombOf(method))
    const bench = new Bench(bombs)
    await bench.warmUp()
    return { slice: (from, until) => runCases(from, until, (index) => bench.run(index)) }
  },
}

/** Gives bombs to the decoder and measures what they cost a process that runs already. */
class Bench {
  readonly #bombs: readonly Uint8Array[]
  #residentBefore = 0
  #heldBefore = 0

  constructor(bombs: readonly Uint8Array[]) {
    this.#bombs = bombs
  }

  /** Lets the code be compiled and the allocator fill its pools. A full collection drops code, so this comes after one. */
  async warmUp(): Promise<void> {
    this.#heldBefore = heldMiB()
    for (let round = 0; round < warmUpRounds; round += 1) {
      for (let which = 0; which < methods.length; which += 1) {
        // oxlint-disable-next-line no-await-in-loop -- each in a turn of its own
        await this.run(which)
      }
    }
    this.#residentBefore = process.memoryUsage.rss() / mebibyte
  }

  async run(index: number): Promise<CaseResult> {
    const which = index % methods.length
    const name = methods[which] ?? ''
    const bomb = Uint8Array.from(this.#bombs[which] ?? [])
    const random = randomOf(index)
    // The checksum comes last: a receiver that stops at the cap never sees it.
    for (let at = bomb.length - 4; at < bomb.length; at += 1) bomb[at] = random.integer(0, 255)
    await new Promise((resolve) => setImmediate(resolve))
    const buffersBefore = process.memoryUsage().arrayBuffers
    const startedAt = processorMs()
    const outcome = refuse(bomb, which)
    const ms = processorMs() - startedAt
    const allocatedMiB = (process.memoryUsage().arrayBuffers - buffersBefore) / mebibyte
    const leftMiB = this.#residentBefore === 0 ? 0 : await this.#leftMiB()
    return {
      figure: ms,
      violations: [
        ...unless(outcome === 'refused', `${name}: ${outcome}`),
        ...unless(ms < processorMsMax, `${name}: ${ms.toFixed(1)} ms of processor time`),
        ...unless(allocatedMiB < allocatedMiBMax, `${name}: ${allocatedMiB.toFixed(1)} MiB of buffers were made`),
        ...unless(leftMiB < growthMiBMax, `${name}: the memory grew by ${leftMiB.toFixed(1)} MiB`),
      ],
    }
  }

  /**
   * What is held since the warm-up. The resident memory is cheap to read and also has what the allocator keeps for later, so
   * that garbage is collected, and what is held is measured, only once that has grown.
   */
  async #leftMiB(): Promise<number> {
    const growthMiB = process.memoryUsage.rss() / mebibyte - this.#residentBefore
    if (growthMiB < growthMiBMax) return growthMiB
    const before = this.#heldBefore
    const leftMiB = heldMiB() - before
    this.#residentBefore = 0
    await this.warmUp()
    this.#heldBefore = before
    return leftMiB
  }
}

/** Gives the bomb to the decoder of envelopes. @returns 'refused', or what happened instead */
function refuse(bomb: Uint8Array, which: number): string {
  const compression = methods[which] === 'gzip' ? 17 : compressions.zlib
  try {
    const { payload } = decodeEnvelope(envelopeOf(bomb, compression), limits)
    return `it was taken for ${payload.length} bytes`
  } catch (error) {
    return error instanceof ProtocolError ? 'refused' : `${String(error)} escaped`
  }
}

/** An envelope with a compressed payload: fields 1 (flag), 2 (payload) and 3 (compression) of the schema. */
function envelopeOf(payload: Uint8Array, compression: number): Uint8Array {
  const length = Buffer.alloc(5)
  let [rest, size] = [payload.length, 0]
  do {
    length[size] = (rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)
    rest >>>= 7
    size += 1
  } while (rest > 0)
  return Buffer.concat([Buffer.of(8, 11, 18), length.subarray(0, size), payload, Buffer.of(24, compression)])
}

function bombOf(method: (typeof methods)[number]): Uint8Array {
  switch (method) {
    case '1 KiB of zlib':
      return zlibOfZeros(1)
    case '1 MiB of zlib, which is 1 GiB':
      return zlibOfZeros(1024)
    case 'endless zlib':
      return zlibOfZeros(600).subarray(0, 512 * kibibyte)
    case 'gzip':
      return Buffer.concat([Buffer.of(31, 139, 8, 0, 0, 0, 0, 0, 0, 255), zerosDeflated(1000), Buffer.alloc(8)])
    case 'zlib in zlib':
      return deflateSync(Buffer.concat(Array.from({ length: 900 }, () => zlibOfZeros(1))))
  }
}

/** A zlib stream of zeros, made a mebibyte at a time, so that this process never holds what it grows to. */
function zlibOfZeros(mebibytes: number): Buffer {
  return Buffer.concat([Buffer.of(0x78, 0xda), zerosDeflated(mebibytes), Buffer.alloc(4)])
}

/** Deflated zeros, with an empty last block. */
function zerosDeflated(mebibytes: number): Buffer {
  const options = { level: constants.Z_BEST_COMPRESSION, finishFlush: constants.Z_SYNC_FLUSH }
  const one = deflateRawSync(Buffer.alloc(mebibyte), options)
  return Buffer.concat([...Array.from({ length: mebibytes }, () => one), Buffer.of(3, 0)])
}
