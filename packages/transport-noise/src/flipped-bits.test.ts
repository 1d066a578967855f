import { Calls, Recorder } from '@ts2p/transport-contract'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { InnerLink } from './inner-link.test-helper.ts'
import { NoiseError } from './noise-error.ts'
import { NoiseLink } from './noise-link.ts'

// The steps of a session, and how many bytes each puts on the wire.
const steps = [
  { name: 'the first message of the handshake', wireBytes: 34 },
  { name: 'the second message of the handshake', wireBytes: 50 },
  { name: 'the first message of the side that dialed', wireBytes: 23 },
  { name: 'the first message of the side that was dialed', wireBytes: 23 },
] as const

/** A session in which one bit of one step is flipped on the way. */
function session(
  flippedStep: number,
  bit: number,
): { dialed: Recorder; accepted: Recorder; wireBytes: readonly number[] } {
  const wireBytes: number[] = []
  const [here, there] = [new InnerLink(), new InnerLink()]
  const prologue = utf8ToBytes('test')
  const secret = (seed: number): Uint8Array => new Uint8Array(32).fill(seed)
  const role = { kind: 'dialed', host: 'far.example', port: 1 } as const
  const dialed = new Recorder(new NoiseLink(here, role, { secret: secret(1), prologue }), new Calls())
  const accepted = new Recorder(
    new NoiseLink(there, { kind: 'accepted' }, { secret: secret(2), prologue }),
    new Calls(),
  )
  let step = -1
  const carry = (from: InnerLink, to: InnerLink): void => {
    step += 1
    const bytes = from.take()
    wireBytes.push(bytes.length)
    if (step === flippedStep) bytes.set([(bytes[bit >>> 3] ?? 0) ^ (1 << (bit & 7))], bit >>> 3)
    if (!to.calls.includes('destroy')) to.above.onData(bytes)
  }
  there.above.onOpen()
  here.above.onOpen()
  carry(here, there)
  carry(there, here)
  // If the length was made greater, more has to come before anyone can know.
  for (const bytes of [utf8ToBytes('hello'), new Uint8Array(flippedStep > 1 && bit < 16 ? 70_000 : 100)]) {
    dialed.write(bytes)
    accepted.write(bytes)
    carry(here, there)
    carry(there, here)
  }
  for (const inner of [here, there]) inner.above.onClose(undefined)
  return { dialed, accepted, wireBytes }
}

test('without a flipped bit both sides have what the other sent', () => {
  const { dialed, accepted, wireBytes } = session(-1, 0)
  expect(wireBytes.slice(0, steps.length)).toEqual(steps.map((step) => step.wireBytes))
  expect([dialed.receivedBytes, accepted.receivedBytes]).toEqual([105, 105])
})

test.each(steps.map((step, index) => [step.name, index, step.wireBytes] as const))(
  'whichever bit of %s is flipped, nothing of it is taken, and the link ends with an error',
  (_, step, wireBytes) => {
    for (let bit = 0; bit < wireBytes * 8; bit += scaled(7, 1)) {
      const { dialed, accepted } = session(step, bit)
      const [victim, context] = [step === 2 ? accepted : dialed, `bit ${bit}`]
      expect(victim.receivedBytes, context).toBe(0)
      expect(victim.error instanceof NoiseError || victim.error?.cause instanceof NoiseError, context).toBe(true)
      // A handshake that was changed opens nothing for the side that began it, and carries nothing for the other.
      const toldAtMost = step < 2 ? ['close'] : dialed.told
      expect([dialed.told, step < 2 ? accepted.receivedBytes : 0], context).toEqual([toldAtMost, 0])
      expect([...dialed.breaches, ...accepted.breaches], context).toEqual([])
    }
  },
)
