import { expect, test } from 'vitest'
import { RoundTrip } from './round-trip.ts'

test('the time-out is a second until something is measured, and then follows RFC 6298', () => {
  const roundTrip = new RoundTrip()
  expect([roundTrip.smoothedMs, roundTrip.timeoutMs]).toEqual([250, 1000])
  roundTrip.add(400)
  expect([roundTrip.smoothedMs, roundTrip.timeoutMs]).toEqual([400, 400 + 4 * 200])
  roundTrip.add(480)
  expect([roundTrip.smoothedMs, roundTrip.timeoutMs]).toEqual([410, 410 + 4 * 170])
})

test('it has bounds: 200 ms and 10 s', () => {
  const [quick, slow] = [new RoundTrip(), new RoundTrip()]
  quick.add(1)
  slow.add(9000)
  expect([quick.timeoutMs, slow.timeoutMs]).toEqual([200, 10_000])
})

test('a bound from the handshake counts until something is measured, and never makes it longer', () => {
  const [near, far] = [new RoundTrip(), new RoundTrip()]
  near.seed(30)
  far.seed(3000)
  expect([near.smoothedMs, far.smoothedMs, near.timeoutMs]).toEqual([30, 250, 1000])
})
