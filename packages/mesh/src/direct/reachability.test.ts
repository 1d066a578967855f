import { expect, test } from 'vitest'
import { Reachability } from './reachability.ts'
import type { RouteState, RouteStep } from './reachability.ts'
import { RoundTrip } from './round-trip.ts'

function state(parts: Partial<RouteState> = {}): RouteState {
  return {
    ...{ canAsk: true, hasLink: true, isNeighbor: false, isBusy: false, hasUnderWay: true, isAwaited: false },
    roundTrip: measured(20),
    ...parts,
  }
}

function measured(ms: number): RoundTrip {
  const roundTrip = new RoundTrip()
  roundTrip.add(ms)
  return roundTrip
}

/** The steps, and when they are taken, until the target is given up or a time has come. */
function stepsOf(reachability: Reachability, route: RouteState, untilMs: number): [number, RouteStep][] {
  const steps: [number, RouteStep][] = []
  for (let now = 0; now <= untilMs; now += 1) {
    const step = reachability.step(now, route)
    if (step !== 'wait') steps.push([now, step])
    if (step === 'give-up') break
  }
  return steps
}

test('a neighbor whose link has ended is given up after two questions and a last dial, within a second', () => {
  const reachability = new Reachability()
  reachability.onRouteLost(0, true)
  expect(stepsOf(reachability, state({ hasLink: false }), 5000)).toEqual([
    [0, 'ask'],
    [300, 'ask'],
    [600, 'dial'],
    [800, 'give-up'],
  ])
})

test('a question waits for four round trips, if those are longer', () => {
  const reachability = new Reachability()
  const steps = stepsOf(reachability, state({ hasLink: false, roundTrip: measured(200) }), 5000)
  expect(steps).toEqual([
    [0, 'ask'],
    [800, 'ask'],
    [1600, 'dial'],
    [2600, 'give-up'],
  ])
})

test('a node without links waits two seconds for one, and asks as soon as there is one', () => {
  const isolated = state({ hasLink: false, canAsk: false })
  expect(stepsOf(new Reachability(), isolated, 5000)).toEqual([[2000, 'give-up']])
  const reachability = new Reachability()
  expect(reachability.step(0, isolated)).toBe('wait')
  reachability.hurry(700)
  expect(reachability.step(700, state({ hasLink: false }))).toBe('ask')
})

test('the target is probed, then messages are repeated, after a time-out that doubles; then the route is asked for', () => {
  const steps = stepsOf(new Reachability(), state(), 10_000)
  expect(steps.map(([, step]) => step)).toEqual(['probe', 'repeat', 'repeat', 'ask', 'ask', 'dial', 'give-up'])
  expect(steps.slice(0, 4).map(([now]) => now)).toEqual([200, 600, 1400, 3000])
})

test('a linked neighbor is not asked for, and given up after a minute without an acknowledgment', () => {
  const steps = stepsOf(new Reachability(), state({ isNeighbor: true }), 100_000)
  expect(new Set(steps.map(([, step]) => step))).toEqual(new Set(['repeat', 'give-up']))
  expect(steps.at(-1)?.[0]).toBeGreaterThanOrEqual(60_000)
})

test('as long as the link is busy, nothing is repeated or probed', () => {
  expect(stepsOf(new Reachability(), state({ isBusy: true }), 100_000)).toEqual([])
  const awaiting = state({ isBusy: true, hasUnderWay: false, isAwaited: true })
  expect(stepsOf(new Reachability(), awaiting, 100_000)).toEqual([])
})

test('as long as relays say that they are slow, the target is probed, each two seconds at most, and nothing else', () => {
  const reachability = new Reachability()
  const steps: [number, RouteStep][] = []
  for (let now = 0; now <= 10_000; now++) {
    const step = reachability.step(now, state())
    if (step !== 'wait') steps.push([now, step])
    if (step === 'probe') reachability.delay(now)
  }
  expect(steps).toEqual([200, 600, 1400, 3000, 5000, 7000, 9000].map((now) => [now, 'probe']))
  expect(stepsOf(reachability, state(), 20_000)[0]).toEqual([11_000, 'probe'])
})

test('a node that owes an answer is probed, and asked for if it is silent then', () => {
  const steps = stepsOf(new Reachability(), state({ hasUnderWay: false, isAwaited: true }), 2500)
  expect(steps).toEqual([
    [1000, 'probe'],
    [2000, 'ask'],
    [2300, 'ask'],
  ])
})

test('whatever is heard of the target ends the questions', () => {
  const reachability = new Reachability()
  reachability.onRouteLost(0, false)
  expect(reachability.step(0, state())).toBe('ask')
  reachability.onReply(100)
  reachability.restart(100)
  expect([reachability.isAsking, reachability.step(100, state()), reachability.dueAt(state())]).toEqual([
    false,
    'wait',
    300,
  ])
})

test('a question that is left over from a request that timed out does not end what is expected later', () => {
  const reachability = new Reachability()
  stepsOf(reachability, state({ hasLink: false }), 700)
  reachability.expect(20_000)
  expect([reachability.isAsking, reachability.step(20_000, state({ hasLink: false }))]).toEqual([false, 'ask'])
})
