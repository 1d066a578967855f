import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isExhausted, refill, startRateLimit, chargeMessage, chargeWork } from './rate-limit.ts'

const limits = { messagesPerSecond: 10, bytesPerSecond: 1000, workPerSecond: 500, burstSeconds: 3 }

test('a burst of so many seconds is granted at once, and then one message per tenth of a second', () => {
  let state = startRateLimit(limits, 0)
  for (let message = 1; message <= 29; message++) {
    state = chargeMessage(state, 1)
    expect(isExhausted(state)).toBe(false)
  }
  state = chargeMessage(state, 1)
  expect(isExhausted(state)).toBe(true)
  expect(isExhausted(refill(state, limits, 99))).toBe(true)
  expect(isExhausted(refill(state, limits, 100))).toBe(false)
})

test('few large messages exhaust the bucket of bytes, and the debt is waited off', () => {
  const state = chargeMessage(startRateLimit(limits, 0), 5000)
  expect(isExhausted(state)).toBe(true)
  expect(isExhausted(refill(state, limits, 2000))).toBe(true)
  expect(isExhausted(refill(state, limits, 2001))).toBe(false)
})

test('few messages that cause much work exhaust the bucket of work, and the debt is waited off', () => {
  const state = chargeWork(startRateLimit(limits, 0), 2500)
  expect(state).toMatchObject({ messages: 30, bytes: 3000, work: -1000 })
  expect(isExhausted(refill(state, limits, 2000))).toBe(true)
  expect(isExhausted(refill(state, limits, 2010))).toBe(false)
})

test('whenever the work comes, no more of it than the burst, the rate and one message is done', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 2000 })), { maxLength: 200 }), (messages) => {
      let state = startRateLimit(limits, 0)
      let [now, done] = [0, 0]
      for (const [pause, work] of messages) {
        now += pause
        state = refill(state, limits, now)
        if (isExhausted(state)) continue
        state = chargeWork(state, work)
        done += work
      }
      expect(done).toBeLessThanOrEqual(1500 + (now / 1000) * limits.workPerSecond + 2000)
    }),
  )
})

test('waiting for long grants no more than the burst', () => {
  const state = refill(startRateLimit(limits, 0), limits, 1_000_000)
  expect(state).toEqual({ messages: 30, bytes: 3000, work: 1500, filledAt: 1_000_000 })
})

test('a clock that seems to go back takes nothing away', () => {
  const state = chargeMessage(startRateLimit(limits, 1000), 10)
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
        state = chargeMessage(state, 1)
        taken += 1
      }
      expect(taken).toBeLessThanOrEqual(30 + (now / 1000) * limits.messagesPerSecond + 1e-6)
    }),
  )
})
