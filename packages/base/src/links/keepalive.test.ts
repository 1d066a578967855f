import { expect, test } from 'vitest'
import { recordActivity, startKeepalive, suspect, checkKeepalive, checkPausedKeepalive } from './keepalive.ts'
import type { Keepalive } from './keepalive.ts'

const times = { pingMs: 15_000, deadMs: 45_000, checkMs: 500 }

/** Checks every 500 ms from after `from` up to `to`, and notes each step that is not 'none'. */
function checkFrom(start: Keepalive, from: number, to: number): { state: Keepalive; steps: string[] } {
  let state = start
  const steps: string[] = []
  for (let now = from + times.checkMs; now <= to; now += times.checkMs) {
    const swept = checkKeepalive(state, now, times)
    state = swept.state
    if (swept.step !== 'none') steps.push(`${swept.step} at ${now}`)
    if (swept.step === 'dead') break
  }
  return { state, steps }
}

test('a silent peer is pinged every 15 s and given up after 45 s', () => {
  const { steps } = checkFrom(startKeepalive(0), 0, 100_000)
  expect(steps).toEqual(['ping at 15000', 'ping at 30000', 'dead at 45000'])
})

test('any byte is a sign of life: both times start anew', () => {
  const quiet = checkFrom(startKeepalive(0), 0, 14_500)
  expect(quiet.steps).toEqual([])
  const { steps } = checkFrom(recordActivity(quiet.state, 14_500), 14_500, 100_000)
  expect(steps).toEqual(['ping at 29500', 'ping at 44500', 'dead at 59500'])
})

test('a peer that answers each ping lives on', () => {
  let state = startKeepalive(0)
  for (let now = 500; now <= 600_000; now += 500) {
    const swept = checkKeepalive(state, now, times)
    expect(swept.step).not.toBe('dead')
    state = swept.step === 'ping' ? recordActivity(swept.state, now + 100) : swept.state
  }
})

test("this node's own pause is not the peer's silence", () => {
  const before = checkFrom(startKeepalive(0), 0, 14_500)
  // The machine sleeps for an hour; only two checks' worth of it may count.
  const woken = checkKeepalive(before.state, 3_614_500, times)
  expect(woken.step).toBe('ping')
  const { steps } = checkFrom(woken.state, 3_614_500, 4_000_000)
  expect(steps.at(-1)).toBe(`dead at ${45_000 + 3_600_000 - 1000}`)
})

test('a check that is late by less than two periods stretches nothing', () => {
  const before = checkFrom(startKeepalive(0), 0, 44_000)
  expect(checkKeepalive(before.state, 45_000, times).step).toBe('dead')
})

test('a suspected peer has its short time, and asking again does not lengthen it', () => {
  const once = suspect(startKeepalive(0), 1000, 5000)
  const twice = suspect(once, 4000, 5000)
  expect(checkFrom(twice, 0, 60_000).steps).toEqual(['dead at 6000'])
})

test('a suspected peer that says anything is suspected no more', () => {
  const suspected = suspect(startKeepalive(0), 1000, 5000)
  const alive = recordActivity(suspected, 2000)
  expect(alive.suspectUntil).toBeUndefined()
  expect(checkFrom(alive, 0, 16_500).steps).toEqual([])
})

test("this node's own pause lengthens a suspicion too", () => {
  const suspected = suspect(startKeepalive(0), 0, 5000)
  const woken = checkKeepalive(suspected, 11_000, times)
  expect(woken.step).toBe('none')
  expect(woken.state.suspectUntil).toBe(15_000)
})

test('a peer that is not read from is never dead, and hears every 15 s that this node lives', () => {
  let state = suspect(startKeepalive(0), 0, 5000)
  const pings: number[] = []
  for (let now = 500; now <= 60_000; now += 500) {
    const swept = checkPausedKeepalive(state, now, times)
    state = swept.state
    if (swept.step === 'ping') pings.push(now)
  }
  expect(pings).toEqual([15_000, 30_000, 45_000, 60_000])
  expect(state).toEqual({ heardAt: 60_000, pingedAt: 60_000, checkedAt: 60_000, suspectUntil: undefined })
})
