import type { Random } from '@ts2p/simulator'
import type { FaultRow } from '../../row.ts'
import { quickBytes, randomOf } from '../../support/cases/case-random.ts'
import { codecNames, tryDecoder } from '../../support/wire/codecs.ts'
import { runFastCases } from '../../support/cases/fast-cases.ts'
import { goldenMessages } from '../../support/wire/golden.ts'
import type { Golden } from '../../support/wire/golden.ts'

/** Longest input of random bytes. */
const randomBytesMax = 200
/** One mutated message in this many is given to a decoder that it is not meant for. */
const strayEvery = 8

/** Random bytes and mutated messages for every decoder. */
export const malformedFrames: FaultRow = {
  name: 'malformed-frames',
  fault: 'Every decoder of the protocol is given random bytes and mutated messages.',
  mustHold: 'Only ProtocolError is thrown, and an accepted message keeps its meaning when it is encoded.',
  wanted: 10_000_000,
  unit: 'inputs',
  open() {
    const golden = goldenMessages()
    return {
      slice: (from, until) => runFastCases(from, until, (index) => runCase(index, golden)),
    }
  },
}

function runCase(index: number, golden: readonly Golden[]): string | undefined {
  const random = randomOf(index)
  if (index % 2 === 0) {
    const bytes = quickBytes(random, random.integer(0, randomBytesMax))
    return tryDecoder(random.pick(codecNames), bytes).violation
  }
  const { message, bytes } = random.pick(golden)
  const name = random.integer(1, strayEvery) === 1 ? random.pick(codecNames) : message
  return tryDecoder(name, mutate(bytes, random)).violation
}

/** Changes 1 to 4 places: bytes are replaced, left out, put in or repeated. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const mutant = [...bytes]
  for (let edits = random.integer(1, 4); edits > 0; edits -= 1) {
    const at = random.integer(0, mutant.length)
    const isRepeated = random.chance(0.2)
    const put = isRepeated ? mutant.slice(at, at + random.integer(1, 8)) : random.bytes(random.integer(0, 8))
    mutant.splice(at, isRepeated ? 0 : random.integer(0, 8), ...put)
  }
  return Uint8Array.from(mutant)
}
