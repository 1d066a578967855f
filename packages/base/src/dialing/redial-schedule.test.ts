import { identityFromKey } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { RedialSchedule } from './redial-schedule.ts'

const bert = identityFromKey(new Uint8Array(32).fill(2)).id
const here = { transport: 'tcp', host: 'bert', port: 1 }
const there = { transport: 'tcp', host: 'carl', port: 1 }
const nobody = (): boolean => false
const everybody = (): boolean => true

test('a persistent address is due at once, and once until the attempt has ended', () => {
  const dialer = new RedialSchedule(() => 0.5)
  dialer.add(here, 1000)
  dialer.add(there, 1000)
  expect(dialer.due(999, nobody)).toEqual([])
  expect(dialer.due(1000, nobody)).toEqual([here, there])
  expect(dialer.due(2000, nobody)).toEqual([])
})

test('after a failure it is due again after the backoff, which grows', () => {
  const dialer = new RedialSchedule(() => 0.5)
  dialer.add(here, 0)
  let now = 0
  for (const waitMs of [250, 500, 1000, 2000]) {
    expect(dialer.due(now, nobody)).toEqual([here])
    dialer.failed(here, now)
    expect(dialer.due(now + waitMs - 1, nobody)).toEqual([])
    now += waitMs
  }
  expect(dialer.entries()).toEqual([{ address: here, failures: 4, peerId: undefined, isProven: false }])
})

test('once bert has answered there, it is dialed only while bert is not linked', () => {
  const dialer = new RedialSchedule(() => 0.5)
  dialer.add(here, 0)
  dialer.due(0, nobody)
  dialer.failed(here, 0)
  dialer.due(1000, nobody)
  dialer.succeeded(here, bert)
  expect(dialer.entries()).toEqual([{ address: here, failures: 1, peerId: bert, isProven: true }])
  expect(dialer.due(2000, (id) => id === bert)).toEqual([])
  expect(dialer.due(2000, nobody)).toEqual([here])
})

test('who is known to answer at an address may be said at once', () => {
  const dialer = new RedialSchedule(() => 0.5)
  dialer.add(here, 0, { id: bert, isProven: false })
  expect(dialer.due(0, everybody)).toEqual([])
  expect(dialer.due(0, nobody)).toEqual([here])
})

test('keeping an address again changes nothing; forgetting it ends it, even during an attempt', () => {
  const dialer = new RedialSchedule(() => 0.5)
  dialer.add(here, 0)
  dialer.due(0, nobody)
  dialer.add({ ...here }, 0)
  expect(dialer.due(0, nobody)).toEqual([])
  dialer.remove({ ...here })
  dialer.failed(here, 0)
  dialer.succeeded(here, bert)
  expect(dialer.entries()).toEqual([])
  expect(dialer.due(1_000_000, nobody)).toEqual([])
})

test('a failure is forgiven once a link has lasted 10 s; a link that breaks sooner is another failure', () => {
  const dialer = new RedialSchedule(() => 0.5)
  dialer.add(here, 0)
  for (const [failures, waitMs] of [250, 500, 1000].entries()) {
    expect(dialer.due(0, nobody)).toEqual(failures === 0 ? [here] : [])
    dialer.succeeded(here, bert)
    dialer.ended(bert, { lastedMs: 9999, now: 0 })
    expect(dialer.entries()).toMatchObject([{ failures: failures + 1 }])
    expect(dialer.due(waitMs - 1, nobody)).toEqual([])
  }
  dialer.ended(bert, { lastedMs: 10_000, now: 5000 })
  expect(dialer.entries()).toMatchObject([{ failures: 0 }])
  expect(dialer.due(5000, nobody)).toEqual([here])
})

test('a node that claims a link which is not here is dialed soon again, ten times, and then ever more rarely', () => {
  const dialer = new RedialSchedule(() => 0.999)
  dialer.add(here, 0)
  for (let count = 0; count < 10; count += 1) dialer.claimsLink(here, 0)
  expect(dialer.due(998, nobody)).toEqual([])
  expect(dialer.due(1000, nobody)).toEqual([here])
  dialer.claimsLink(here, 0)
  expect(dialer.due(29_000, nobody)).toEqual([])
})
