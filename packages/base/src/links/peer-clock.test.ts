import { decodePing, encodePing } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { systemEnvironment } from '../environment/system-environment.ts'
import { PeerClock } from './peer-clock.ts'

/** A node whose two clocks are set by hand, and what it measures of a neighbor whose wall clock is `neighborAheadMs` ahead of true time. */
function clockOf(neighborAheadMs: number) {
  const time = { steadyMs: 1000, ownWallMs: 1_000_000, trueMs: 1_000_000 }
  const environment = { ...systemEnvironment(), now: () => time.ownWallMs, monotonicNow: () => time.steadyMs }
  const clock = new PeerClock(environment)
  const pass = (ms: number): void => {
    time.steadyMs += ms
    time.ownWallMs += ms
    time.trueMs += ms
  }
  const pong = (ping: Uint8Array): Uint8Array =>
    encodePing({ nonce: decodePing(ping).nonce, time: time.trueMs + neighborAheadMs })
  /** What the neighbor's wall clock is ahead of this node's, as measured. */
  const aheadMs = (): number => (clock.current?.aheadMs ?? Number.NaN) - (time.ownWallMs - time.steadyMs)
  const measure = (toMs: number, backMs: number): void => {
    const ping = clock.start()
    pass(toMs)
    const answer = pong(ping)
    pass(backMs)
    clock.onPong(answer)
  }
  return { time, clock, pass, pong, aheadMs, measure }
}

test.each([
  [0, 50, 50],
  [5000, 80, 20],
  [-600_000, 0, 400],
])(
  'a clock that is %i ms ahead, with %i ms to the neighbor and %i ms back: off by half a round trip at most',
  (...row) => {
    const [ahead, toMs, backMs] = row
    const { clock, aheadMs, measure } = clockOf(ahead)
    measure(toMs, backMs)
    expect(clock.current?.errorMs).toBe((toMs + backMs) / 2)
    expect(Math.abs(aheadMs() - ahead)).toBeLessThanOrEqual((toMs + backMs) / 2)
  },
)

test('after the machine has slept the reading is stale, a ping is due at once, and its pong makes it right again', () => {
  const { time, clock, aheadMs, measure } = clockOf(0)
  measure(10, 10)
  const times = { withinMs: 15_000, patienceMs: 2000 }
  expect([clock.current === undefined, clock.isDue(times)]).toEqual([false, false])
  // The steady clock stands still while the machine sleeps.
  time.ownWallMs += 20_000
  time.trueMs += 20_000
  expect([clock.current === undefined, clock.isDue(times)]).toEqual([true, true])
  measure(10, 10)
  expect(aheadMs()).toBe(0)
})

test('a pong that was under way while the machine slept measures nothing, nor does one that answers no ping', () => {
  const { time, clock, pass, pong } = clockOf(0)
  const ping = clock.start()
  pass(10)
  const answer = pong(ping)
  time.ownWallMs += 20_000
  clock.onPong(answer)
  clock.onPong(encodePing({ nonce: 9, time: 5 }))
  expect(clock.current).toBeUndefined()
})

test('a ping that is not answered is sent again after its patience, not before', () => {
  const { clock, pass } = clockOf(0)
  clock.onHello(1_000_000)
  const times = { withinMs: 15_000, patienceMs: 2000 }
  expect(clock.isDue(times)).toBe(true)
  clock.start()
  pass(1999)
  expect(clock.isDue(times)).toBe(false)
  pass(1)
  expect(clock.isDue(times)).toBe(true)
  const again = clock.start()
  pass(100)
  expect(clock.unansweredMs).toBe(2100)
  clock.onPong(again)
  expect(clock.unansweredMs).toBe(0)
})
