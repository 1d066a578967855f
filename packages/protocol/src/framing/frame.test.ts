import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '../errors.ts'
import { encodeFrame, FrameDecoder } from './frame.ts'

/** Everything that a decoder has to give. */
function drain(decoder: FrameDecoder): Uint8Array[] {
  const bodies: Uint8Array[] = []
  for (let body = decoder.next(); body; body = decoder.next()) bodies.push(body.slice())
  return bodies
}

test('however a stream is cut into chunks, the frames that come out are those that went in', () => {
  const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 20 })
  const cuts = fc.array(fc.nat({ max: 1200 }), { maxLength: 30 })
  fc.assert(
    fc.property(bodies, cuts, (sent, places) => {
      const stream = Buffer.concat(sent.flatMap((body) => encodeFrame(body).chunks))
      const decoder = new FrameDecoder(50)
      const received: Uint8Array[] = []
      let start = 0
      for (const end of [...places.toSorted((a, b) => a - b), stream.length]) {
        decoder.push(new Uint8Array(stream.subarray(start, Math.min(end, stream.length))))
        received.push(...drain(decoder))
        start = Math.max(start, Math.min(end, stream.length))
      }
      expect(received.map((body) => [...body])).toEqual(sent.map((body) => [...body]))
      expect(decoder.pendingBytes).toBe(0)
    }),
  )
})

test('bodies that were given out stay as they were when more arrives', () => {
  const decoder = new FrameDecoder(10)
  const stream = Buffer.concat([1, 2, 3].flatMap((byte) => encodeFrame(new Uint8Array([byte, byte])).chunks))
  const bodies: Uint8Array[] = []
  for (const byte of stream) {
    decoder.push(new Uint8Array([byte]))
    const body = decoder.next()
    if (body) bodies.push(body)
  }
  expect(bodies.map((body) => [...body])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ])
})

test('a length of zero, or above the limit, is refused on its four bytes', () => {
  for (const header of [
    [0, 0, 0, 0],
    [0, 0, 0, 101],
    [0xff, 0xff, 0xff, 0xff],
  ]) {
    const decoder = new FrameDecoder(100)
    decoder.push(new Uint8Array(header))
    expect(() => decoder.next()).toThrow(ProtocolError)
  }
  const decoder = new FrameDecoder(100)
  decoder.push(new Uint8Array([0, 0, 0]))
  expect(decoder.next()).toBeUndefined()
})

test('nothing is reserved on the word of a length: 1,000 links that announce all they may take no memory', () => {
  const bytesBefore = process.memoryUsage().arrayBuffers
  const decoders = Array.from({ length: 1000 }, () => {
    const decoder = new FrameDecoder(0xffff_ffff)
    decoder.push(new Uint8Array([0xff, 0xff, 0xff, 0xff, 1]))
    expect(decoder.next()).toBeUndefined()
    return decoder
  })
  expect(process.memoryUsage().arrayBuffers - bytesBefore).toBeLessThan(16 * 1024 * 1024)
  expect(decoders).toHaveLength(1000)
})

test('a frame of 1 MiB in chunks of one byte costs a number of bytes copied in proportion to its length', () => {
  const body = new Uint8Array(1024 * 1024).fill(7)
  const frame = Buffer.concat(encodeFrame(body).chunks)
  const decoder = new FrameDecoder(body.length)
  const bytesBefore = process.memoryUsage().arrayBuffers
  let early = 0
  for (const byte of frame) {
    decoder.push(Uint8Array.of(byte))
    if (decoder.pendingBytes < frame.length && decoder.next() !== undefined) early += 1
  }
  expect(early).toBe(0)
  // The comparison of vitest takes seconds for a million bytes.
  expect(Buffer.compare(decoder.next() ?? new Uint8Array(0), body)).toBe(0)
  // The buffer doubles as it grows, so its last size is at most twice the frame.
  expect(process.memoryUsage().arrayBuffers - bytesBefore).toBeLessThan(32 * 1024 * 1024)
})
