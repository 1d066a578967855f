import type { FaultRow } from '../../row.ts'
import { tryDecoder } from '../../support/wire/codecs.ts'
import { runFastCases } from '../../support/cases/fast-cases.ts'
import { goldenMessages } from '../../support/wire/golden.ts'

const golden = goldenMessages()
/** Of each message: the whole of it, every shorter prefix, and the flip of each of its bits. */
const casesOf = (length: number): number => 1 + length + 8 * length
const wanted = golden.reduce((sum, { bytes }) => sum + casesOf(bytes.length), 0)

/** Every prefix and every single-bit flip of 200 messages, handshake proofs and results among them. */
export const goldenFrames: FaultRow = {
  name: 'golden-frames',
  fault: `Every decoder is given each prefix and each flip of one bit of ${golden.length} good messages.`,
  mustHold: 'Only ProtocolError is thrown, and an accepted message keeps its meaning when it is encoded.',
  wanted,
  unit: 'inputs',
  open() {
    const starts: number[] = []
    let end = 0
    for (const { bytes } of golden) {
      starts.push(end)
      end += casesOf(bytes.length)
    }
    return {
      slice: (from, until) => runFastCases(from, until, (index) => runCase(index, starts)),
    }
  },
}

function runCase(index: number, starts: readonly number[]): string | undefined {
  const which = starts.findLastIndex((start) => start <= index)
  const { message, bytes } = golden[which] ?? { message: '', bytes: new Uint8Array(0) }
  const at = index - (starts[which] ?? 0)
  if (at === 0) {
    const { outcome, violation } = tryDecoder(message, bytes)
    return outcome === 'refused' ? `a good ${message} is refused` : violation
  }
  if (at <= bytes.length) return tryDecoder(message, bytes.subarray(0, at - 1)).violation
  const bit = at - 1 - bytes.length
  const flipped = bytes.slice()
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return tryDecoder(message, flipped).violation
}
