import { expect, test } from 'vitest'
import { drawsOf } from '../../test/algebra.test-helper.ts'
import { HybridClock, millisecondsAhead, secondOf } from './hybrid-clock.ts'
import { InvalidArgumentError, TimestampsReservedError } from '../index.ts'
import { bytes, recordBy, replica, start } from '../../test/replica.test-helper.ts'

test('timestamps grow through 10,000 steps of the clock, back and forth by up to a year', () => {
  const clock = new HybridClock()
  const draw = drawsOf(1)
  let nowMs = start
  let latest = 0
  let regressions = 0
  for (let step = 0; step < 10_000; step += 1) {
    nowMs = Math.max(0, nowMs + draw(63_072_000_000) - 31_536_000_000)
    const timestamp = clock.timestamp(nowMs)
    if (timestamp <= latest || secondOf(timestamp) < Math.floor(nowMs / 1000)) regressions += 1
    latest = timestamp
  }
  expect(regressions).toBe(0)
  expect(Number.isSafeInteger(latest)).toBe(true)
})

test('a timestamp lies in its second, and the first of a second is its beginning', () => {
  const clock = new HybridClock()
  expect(clock.timestamp(start + 999)).toBe((start / 1000) * 2 ** 20)
  expect(clock.timestamp(start + 999)).toBe((start / 1000) * 2 ** 20 + 1)
  expect(secondOf(clock.timestamp(start))).toBe(start / 1000)
  expect(millisecondsAhead(clock.peek(start + 5000), start)).toBe(5000)
})

test('peeking gives out nothing, and timestamps witnessed are passed by', () => {
  const clock = new HybridClock()
  expect(clock.peek(start)).toBe(clock.peek(start))
  const theirs = clock.peek(start) + 100
  clock.observe(theirs)
  clock.observe(theirs - 50)
  expect(clock.timestamp(start)).toBe(theirs + 1)
})

test('timestamps are safe integers until 2242', () => {
  expect(Number.isSafeInteger(new HybridClock().timestamp(Date.UTC(2241, 11, 31)))).toBe(true)
})

test('a time that is none is refused, not compared', () => {
  for (const nowMs of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
    expect(() => new HybridClock().peek(nowMs)).toThrow(InvalidArgumentError)
    expect(() => replica('alice').set('key', bytes('value'), nowMs)).toThrow('milliseconds since 1970')
    expect(() => replica('alice').apply(recordBy('bob'), nowMs)).toThrow(InvalidArgumentError)
  }
})

test('10,000 leaps of the clock, with crashes that lose all but the reservation: no timestamp above it, none given out twice', () => {
  const draw = drawsOf(2)
  let [clock, reserved, nowMs, latest] = [new HybridClock(), 0, start, 0]
  const reserve = (): void => {
    reserved = Math.max(reserved, clock.latest + 2 ** 18, (Math.floor(nowMs / 1000) + 10) * 2 ** 20)
    clock.reserve(reserved)
  }
  reserve()
  let [repeated, above] = [0, 0]
  for (let step = 0; step < 10_000; step += 1) {
    nowMs = Math.max(0, nowMs + draw(200_000_000) - 100_000_000)
    const timestamp = clock.timestamp(nowMs)
    if (timestamp > reserved) above += 1
    if (timestamp <= latest) repeated += 1
    latest = timestamp
    const chance = draw(3)
    if (chance === 0) {
      clock = new HybridClock()
      clock.observe(reserved)
      reserve()
    } else if (chance === 1) reserve()
  }
  expect([repeated, above]).toEqual([0, 0])
})

test('when all reserved timestamps are given out the next is refused, until more are reserved', () => {
  const clock = new HybridClock()
  const ceiling = (start / 1000) * 2 ** 20
  clock.reserve(ceiling)
  expect(clock.timestamp(start + 60_000)).toBe(ceiling - 2 ** 20)
  expect(clock.timestamp(start + 60_000)).toBe(ceiling - 2 ** 20 + 1)
  for (let count = 2; count <= 2 ** 20; count += 1) clock.timestamp(start + 60_000)
  expect(clock.latest).toBe(ceiling)
  expect(() => clock.timestamp(start + 60_000)).toThrow(TimestampsReservedError)
  clock.reserve(ceiling + 2 ** 20)
  expect(clock.timestamp(start + 60_000)).toBe(ceiling + 1)
})

test('after a record of another node above the ceiling, timestamps are above that record: else a write could not follow it', () => {
  const clock = new HybridClock()
  const ceiling = (start / 1000) * 2 ** 20
  clock.reserve(ceiling)
  clock.observe(ceiling + 50)
  expect(clock.timestamp(start)).toBe(ceiling + 51)
})
