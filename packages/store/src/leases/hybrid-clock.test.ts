import { expect, test } from 'vitest'
import { drawsOf } from '../../test/algebra.test-helper.ts'
import { HybridClock, millisecondsAhead, secondOf } from './hybrid-clock.ts'
import { InvalidArgumentError } from '../index.ts'
import { bytes, recordBy, replica, start } from '../../test/replica.test-helper.ts'

test('stamps grow through 10,000 steps of the clock, back and forth by up to a year', () => {
  const clock = new HybridClock()
  const draw = drawsOf(1)
  let nowMs = start
  let latest = 0
  let regressions = 0
  for (let step = 0; step < 10_000; step += 1) {
    nowMs = Math.max(0, nowMs + draw(63_072_000_000) - 31_536_000_000)
    const stamp = clock.stamp(nowMs)
    if (stamp <= latest || secondOf(stamp) < Math.floor(nowMs / 1000)) regressions += 1
    latest = stamp
  }
  expect(regressions).toBe(0)
  expect(Number.isSafeInteger(latest)).toBe(true)
})

test('a stamp lies in its second, and the first of a second is its beginning', () => {
  const clock = new HybridClock()
  expect(clock.stamp(start + 999)).toBe((start / 1000) * 2 ** 20)
  expect(clock.stamp(start + 999)).toBe((start / 1000) * 2 ** 20 + 1)
  expect(secondOf(clock.stamp(start))).toBe(start / 1000)
  expect(millisecondsAhead(clock.peek(start + 5000), start)).toBe(5000)
})

test('peeking gives out nothing, and stamps witnessed are passed by', () => {
  const clock = new HybridClock()
  expect(clock.peek(start)).toBe(clock.peek(start))
  const theirs = clock.peek(start) + 100
  clock.witness(theirs)
  clock.witness(theirs - 50)
  expect(clock.stamp(start)).toBe(theirs + 1)
})

test('stamps are safe integers until 2242', () => {
  expect(Number.isSafeInteger(new HybridClock().stamp(Date.UTC(2241, 11, 31)))).toBe(true)
})

test('a time that is none is refused, not compared', () => {
  for (const nowMs of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
    expect(() => new HybridClock().peek(nowMs)).toThrow(InvalidArgumentError)
    expect(() => replica('alice').set('key', bytes('value'), nowMs)).toThrow('milliseconds since 1970')
    expect(() => replica('alice').receive(recordBy('bob'), nowMs)).toThrow(InvalidArgumentError)
  }
})
