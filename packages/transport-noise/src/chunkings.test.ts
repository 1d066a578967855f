import { Calls, firstDifference, patternBytes, Recorder } from '@ts2p/transport-contract'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InnerLink } from './inner-link.test-helper.ts'
import { NoiseLink } from './noise-link.ts'

const input = (seed: number): { secret: Uint8Array; prologue: Uint8Array } => ({
  secret: new Uint8Array(32).fill(seed),
  prologue: utf8ToBytes('test'),
})
/** Chunks of a write, bytes: mostly small, sometimes about as long as a message can be. */
const chunkBytes = fc.oneof({ weight: 9, arbitrary: fc.nat(50) }, fc.constantFrom(65_518, 65_519, 65_520, 140_000))
const writes = fc.array(fc.array(chunkBytes, { maxLength: 4 }), { maxLength: 5 })
/** Where the wire is cut into chunks; the last one goes on to the end. */
const cuts = fc.array(fc.oneof(fc.nat(100), fc.nat(70_000)), { maxLength: 10 })

/** The link above is told of the wire in pieces. */
function tell(to: InnerLink, wire: Uint8Array, pieces: readonly number[]): void {
  let at = 0
  for (const piece of [...pieces, wire.length]) {
    if (at < wire.length) to.above.onData(wire.slice(at, at + piece))
    at += piece
  }
}

test('whatever the chunks of writes, and wherever the wire is cut, the same bytes come out in as few messages as may be', () => {
  fc.assert(
    fc.property(writes, cuts, cuts, (written, handshakeCuts, wireCuts) => {
      const [here, there] = [new InnerLink(), new InnerLink()]
      const role = { kind: 'dialed', host: 'far.example', port: 1 } as const
      const dialed = new Recorder(new NoiseLink(here, role, input(1)), new Calls())
      const accepted = new Recorder(new NoiseLink(there, { kind: 'accepted' }, input(2)), new Calls())
      there.above.onOpen()
      here.above.onOpen()
      tell(there, here.take(), handshakeCuts)
      tell(here, there.take(), handshakeCuts)

      const bytes = patternBytes(written.flat().reduce((sum, length) => sum + length, 0))
      let at = 0
      for (const lengths of written) {
        dialed.write(...lengths.map((length) => bytes.slice(at, (at += length))))
      }
      const sums = written.map((lengths) => lengths.reduce((sum, length) => sum + length, 0))
      const messages = sums.reduce((sum, length) => sum + Math.ceil(length / 65_519), 0)
      const wire = here.take()
      expect(wire.length).toBe(bytes.length + 18 * messages)
      tell(there, wire, wireCuts)
      expect(firstDifference(accepted.chunks, bytes)).toBe('nowhere')

      dialed.close()
      tell(there, here.take(), [1])
      there.above.onClose(undefined)
      expect([accepted.error, accepted.told.at(-1), accepted.breaches]).toEqual([undefined, 'close', []])
    }),
    { numRuns: 100 },
  )
})

test('what is handed over shares no memory with what came, nor with what else is handed over', () => {
  const [here, there] = [new InnerLink(), new InnerLink()]
  const dialed = new Recorder(
    new NoiseLink(here, { kind: 'dialed', host: 'far.example', port: 1 }, input(1)),
    new Calls(),
  )
  const accepted = new Recorder(new NoiseLink(there, { kind: 'accepted' }, input(2)), new Calls())
  here.above.onOpen()
  there.above.onData(here.take())
  here.above.onData(there.take())
  dialed.write(Uint8Array.of(1, 2, 3))
  dialed.write(Uint8Array.of(4, 5, 6))
  const wire = here.take()
  there.above.onData(wire)
  wire.fill(0)
  accepted.chunks[0]?.fill(9)
  expect(concatBytes(...accepted.chunks)).toEqual(Uint8Array.of(9, 9, 9, 4, 5, 6))
})
