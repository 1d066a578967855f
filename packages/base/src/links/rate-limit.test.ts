import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isExhausted, refill, startRateLimit, takeMessage } from './rate-limit.ts'

const limits = { messagesPerSecond: 10, bytesPerSecond: 1000, burstSeconds: 3 }

test('a burst of so many seconds is granted at once, and then one message per tenth of a second', () => {
  let state = startRateLimit(limits, 0)
  for (let message = 1; message <= 29; message++) {
    state = takeMessage(state, 1)
    expect(isExhausted(state)).toBe(false)
  }
  state = takeMessage(state, 1)
  expect(isExhausted(state)).toBe(true)
  expect(isExhausted(refill(state, limits, 99))).toBe(true)
  expect(isExhausted(refill(state, limits, 100))).toBe(false)
})

test('few large messages exhaust the bucket of bytes, and the debt is waited off', () => {
  const state = takeMessage(startRateLimit(limits, 0), 5000)
  expect(isExhausted(state)).toBe(true)
  expect(isExhausted(refill(state, limits, 2000))).toBe(true)
  expect(isExhausted(refill(state, limits, 2001))).toBe(false)
})

test('waiting for long grants no more than the burst', () => {
  const state = refill(startRateLimit(limits, 0), limits, 1_000_000)
  expect(state).toEqual({ messages: 30, bytes: 3000, filledAt: 1_000_000 })
})

test('a clock that seems to go back takes nothing away', () => {
  const state = takeMessage(startRateLimit(limits, 1000), 10)
  expect(refill(state, limits, 500)).toMatchObject({ messages: state.messages, bytes: state.bytes })
})

test('whenever the messages come, no more than the burst and the rate get through', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 300 }), { maxLength: 200 }), (pauses) => {
      let state = startRateLimit(limits, 0)
      let now = 0
      let taken = 0
      for (const pause of pauses) {
        now += pause
        state = refill(state, limits, now)
        if (isExhausted(state)) continue
        state = takeMessage(state, 1)
        taken += 1
      }
      expect(taken).toBeLessThanOrEqual(30 + (now / 1000) * limits.messagesPerSecond + 1e-6)
    }),
  )
})
