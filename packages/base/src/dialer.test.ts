import { identityFromKey } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { Dialer } from './dialer.ts'

const bert = identityFromKey(new Uint8Array(32).fill(2)).id
const here = { transport: 'tcp', host: 'bert', port: 1 }
const there = { transport: 'tcp', host: 'carl', port: 1 }
const nobody = (): boolean => false
const everybody = (): boolean => true

test('a kept address is due at once, and once until the attempt has ended', () => {
  const dialer = new Dialer(() => 0.5)
  dialer.keep(here, 1000)
  dialer.keep(there, 1000)
  expect(dialer.due(999, nobody)).toEqual([])
  expect(dialer.due(1000, nobody)).toEqual([here, there])
  expect(dialer.due(2000, nobody)).toEqual([])
})

test('after a failure it is due again after the backoff, which grows', () => {
  const dialer = new Dialer(() => 0.5)
  dialer.keep(here, 0)
  let now = 0
  for (const waitMs of [250, 500, 1000, 2000]) {
    expect(dialer.due(now, nobody)).toEqual([here])
    dialer.failed(here, now)
    expect(dialer.due(now + waitMs - 1, nobody)).toEqual([])
    now += waitMs
  }
  expect(dialer.entries()).toEqual([{ address: here, failures: 4, peerId: undefined }])
})

test('once bert has answered there, it is dialled only while bert is not linked', () => {
  const dialer = new Dialer(() => 0.5)
  dialer.keep(here, 0)
  dialer.due(0, nobody)
  dialer.failed(here, 0)
  dialer.due(1000, nobody)
  dialer.succeeded(here, bert)
  expect(dialer.entries()).toEqual([{ address: here, failures: 0, peerId: bert }])
  expect(dialer.due(2000, (id) => id === bert)).toEqual([])
  expect(dialer.due(2000, nobody)).toEqual([here])
})

test('who is known to answer at an address may be said at once', () => {
  const dialer = new Dialer(() => 0.5)
  dialer.keep(here, 0, bert)
  expect(dialer.due(0, everybody)).toEqual([])
  expect(dialer.due(0, nobody)).toEqual([here])
})

test('keeping an address again changes nothing; forgetting it ends it, even during an attempt', () => {
  const dialer = new Dialer(() => 0.5)
  dialer.keep(here, 0)
  dialer.due(0, nobody)
  dialer.keep({ ...here }, 0)
  expect(dialer.due(0, nobody)).toEqual([])
  dialer.forget({ ...here })
  dialer.failed(here, 0)
  dialer.succeeded(here, bert)
  expect(dialer.entries()).toEqual([])
  expect(dialer.due(1_000_000, nobody)).toEqual([])
})
