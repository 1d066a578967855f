import fc from 'fast-check'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { decoders } from './decoders.test-helper.ts'
import { OutgoingEnvelope } from '../src/framing/envelope.ts'
import { ProtocolError } from '../src/errors.ts'
import { frameHeaderBytes } from '../src/framing/frame.ts'
import { goldenPayloads } from './golden.test-helper.ts'

/** Inputs in all; more by TS2P_FULL=1 or TS2P_FUZZ_INPUTS. */
const inputs = Number(process.env['TS2P_FUZZ_INPUTS'] ?? scaled(20_000, 200_000))
const names = Object.keys(decoders)
const envelopes = goldenPayloads.map(({ payload }) => ({
  message: 'envelope',
  payload: Buffer.concat(new OutgoingEnvelope('store', payload).frame(false).chunks).subarray(frameHeaderBytes),
}))
const golden = [...goldenPayloads, ...envelopes]

/** Runs a decoder. @returns whether it took the bytes; anything but a ProtocolError escapes */
function takes(name: string, bytes: Uint8Array): boolean {
  try {
    decoders[name]?.(bytes)
    return true
  } catch (error) {
    if (error instanceof ProtocolError) return false
    throw error
  }
}

test('every golden message is taken by its decoder', () => {
  for (const { message, payload } of golden) expect(takes(message, payload), message).toBe(true)
})

test('whatever the bytes, a decoder gives a message or throws a ProtocolError', () => {
  const perDecoder = Math.ceil(inputs / 2 / names.length)
  for (const name of names) {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void takes(name, bytes)),
      { numRuns: perDecoder },
    )
  }
})

test('the same for golden messages with bytes changed, left out, put in or repeated', () => {
  const edit = fc.record({ at: fc.nat(), length: fc.nat({ max: 8 }), by: fc.uint8Array({ maxLength: 8 }) })
  const edits = fc.tuple(fc.nat({ max: golden.length - 1 }), fc.array(edit, { minLength: 1, maxLength: 4 }))
  let taken = 0
  fc.assert(
    fc.property(edits, ([which, changes]) => {
      const { message, payload } = golden[which] ?? { message: 'broadcast', payload: new Uint8Array(0) }
      let bytes = [...payload]
      for (const { at, length, by } of changes) bytes.splice(at % (bytes.length + 1), length, ...by)
      if (takes(message, Uint8Array.from(bytes))) taken += 1
      bytes = []
    }),
    { numRuns: Math.ceil(inputs / 2) },
  )
  expect(taken).toBeGreaterThan(0)
})

test('every prefix and every flip of one bit of a golden message: nothing escapes', () => {
  let tried = 0
  for (const { message, payload } of golden) {
    for (let length = 0; length < payload.length; length++) {
      takes(message, payload.subarray(0, length))
      tried += 1
    }
    for (let bit = 0; bit < payload.length * 8; bit++) {
      const flipped = payload.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      takes(message, flipped)
      tried += 1
    }
  }
  expect(tried).toBeGreaterThan(10_000)
})

test('what is decoded shares no memory with what was received', () => {
  for (const { message, payload } of goldenPayloads) {
    const received = Buffer.from(payload)
    const decoded = decoders[message]?.(received)
    const before = JSON.stringify(decoded)
    received.fill(0)
    expect(JSON.stringify(decoded), message).toBe(before)
    expect(JSON.stringify(decoded)).not.toContain('"Buffer"')
  }
})
