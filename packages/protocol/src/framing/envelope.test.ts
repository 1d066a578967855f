import { zlibSync } from 'fflate'
import { expect, test } from 'vitest'
import { ts2p } from '../../generated/envelope.js'
import { compress, compressions, decompress } from './compression.ts'
import { decodeEnvelope, OutgoingEnvelope } from './envelope.ts'
import { ProtocolError } from '../errors.ts'
import { flagName, flags } from './flag.ts'
import { frameHeaderBytes } from './frame.ts'
import type { Frame } from './frame.ts'

const limits = { bytesMax: 1024 * 1024, ratioMax: 100 }
const bodyOf = ({ chunks }: Frame): Uint8Array => Buffer.concat(chunks).subarray(frameHeaderBytes)
const text = (length: number): Uint8Array =>
  new Uint8Array(Buffer.from('the quick brown fox jumps over the lazy dog, and '.repeat(length / 40).slice(0, length)))

/** Bytes that do not shrink; the same ones each time (a linear congruential generator). */
function noise(length: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}

test('what is sent is what is received, whatever the flag', () => {
  for (const flag of Object.keys(flags) as (keyof typeof flags)[]) {
    const frame = new OutgoingEnvelope(flag, new Uint8Array([1, 2, 3])).frame(false)
    const { flag: received, payload } = decodeEnvelope(bodyOf(frame), limits)
    expect([received, ...payload]).toEqual([flag, 1, 2, 3])
  }
})

test('the flags have the numbers that py2p and js2p gave them', () => {
  expect(flags).toEqual({
    ...{ broadcast: 0, renegotiate: 1, whisper: 2, ping: 3, pong: 4, handshake: 5, notify: 6, peers: 7, request: 8 },
    ...{
      resend: 9,
      response: 10,
      store: 11,
      retrieve: 12,
      retrieved: 13,
      forward: 14,
      delta: 17,
      prune: 20,
      acknowledge: 21,
    },
  })
  expect(flagName(99)).toBeUndefined()
})

test('a frame is made once for all peers, and once more for those that take compression', () => {
  const envelope = new OutgoingEnvelope('store', text(5000))
  expect(envelope.frame(false)).toBe(envelope.frame(false))
  expect(envelope.frame(true)).toBe(envelope.frame(true))
  expect(envelope.frame(true).length).toBeLessThan(envelope.frame(false).length / 2)
  expect(decodeEnvelope(bodyOf(envelope.frame(true)), limits).payload).toEqual(text(5000))
})

test('a large payload stays where it is, and the frame is what it would be in one piece', () => {
  for (const passedOn of [undefined, { hops: 3 }]) {
    const payload = noise(3000)
    const { chunks, length } = new OutgoingEnvelope('store', payload, passedOn).frame(true)
    expect(chunks).toContain(payload)
    const frame = Buffer.concat(chunks)
    expect([frame.length, frame.readUInt32BE()]).toEqual([length, length - frameHeaderBytes])
    const whole = ts2p.v1.Envelope.encode({ flag: flags.store, payload, compression: 0, ...passedOn }).finish()
    expect(Buffer.compare(frame.subarray(frameHeaderBytes), whole)).toBe(0)
  }
})

test('small payloads, and those that do not shrink or shrink so far as to look like a bomb, go as they are', () => {
  expect(compress(text(1000))).toBeUndefined()
  expect(compress(noise(100_000))).toBeUndefined()
  expect(compress(new Uint8Array(1024 * 1024))).toBeUndefined()
  const envelope = new OutgoingEnvelope('store', noise(5000))
  expect(envelope.frame(true)).toBe(envelope.frame(false))
})

test('a bomb is stopped at the cap, whether by bytes or by ratio', () => {
  const bomb = zlibSync(new Uint8Array(64 * 1024 * 1024), { level: 9 })
  for (const cap of [
    { bytesMax: 1024 * 1024, ratioMax: 10_000 },
    { bytesMax: 64 * 1024 * 1024, ratioMax: 100 },
  ]) {
    const bytesBefore = process.memoryUsage().arrayBuffers
    expect(() => decompress(bomb, cap)).toThrow(/bytes inflated/)
    // What was inflated up to the cap, and the inflater's own buffers; not the 64 MiB.
    expect(process.memoryUsage().arrayBuffers - bytesBefore).toBeLessThan(24 * 1024 * 1024)
  }
  const fair = zlibSync(text(90_000))
  expect(decompress(fair, { bytesMax: 90_000, ratioMax: 10_000 })).toEqual(text(90_000))
  expect(() => decompress(fair, { bytesMax: 89_999, ratioMax: 10_000 })).toThrow(ProtocolError)
})

test('a stream that is cut, followed by more, or no stream at all is refused', () => {
  const stream = zlibSync(text(3000))
  for (let length = 0; length < stream.length - 4; length += 7) {
    expect(() => decompress(stream.subarray(0, length), limits)).toThrow(ProtocolError)
  }
  expect(() => decompress(noise(500), limits)).toThrow(ProtocolError)
})

test('a compression that was not offered is refused; a flag of a later version is named undefined, and skipped', () => {
  const { Envelope } = ts2p.v1
  const later = Envelope.encode({ flag: 99, payload: new Uint8Array([1]), compression: compressions.none }).finish()
  expect(decodeEnvelope(later, limits).flag).toBeUndefined()
  const strange = Envelope.encode({ flag: 2, payload: new Uint8Array([1]), compression: 16 }).finish()
  expect(() => decodeEnvelope(strange, limits)).toThrow(/compression 16 was not offered/)
})
