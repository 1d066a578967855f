import { defaultLimits } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { Connection } from './connection.ts'
import { HalfOpen } from './half-open.ts'
import { systemEnvironment } from './system-environment.ts'
import type { Link } from './transport.ts'

const limits = { ...defaultLimits, halfOpenMax: 4, halfOpenPerHostMax: 2, handshakeMs: 10_000 }
const nothing = (): void => undefined

function connectionFrom(host: string, openedAt: number, direction: 'dialled' | 'accepted' = 'accepted'): Connection {
  const link: Link = {
    remoteHost: host,
    bufferedBytes: 0,
    attach: nothing,
    write: nothing,
    pause: nothing,
    resume: nothing,
    close: nothing,
    destroy: nothing,
  }
  const environment = { ...systemEnvironment(), monotonicNow: () => openedAt }
  const owner = { onOpen: nothing, onMessage: nothing, onWritable: nothing, onClosing: nothing, onClose: nothing }
  return new Connection({ link, direction, remote: host, environment, limits, owner })
}

/** Links of these hosts arrive, in order. */
function arrive(
  hosts: readonly string[],
  options: { trustedProxies?: readonly string[] } = {},
): {
  halfOpen: HalfOpen
  all: Connection[]
  places: boolean[]
} {
  const halfOpen = new HalfOpen(limits, options.trustedProxies)
  const all = hosts.map((host) => connectionFrom(host, 0))
  const places = all.map((each) => halfOpen.addAccepted(each, 0).hasPlace)
  return { halfOpen, all, places }
}

test('while there is room, each link has a place, and nobody is cut', () => {
  const { halfOpen, places } = arrive(['mallory'])
  expect(places).toEqual([true])
  expect(halfOpen.addAccepted(connectionFrom('mallory', 0), 5000)).toEqual({ hasPlace: true, cut: undefined })
})

test("a host's third link has no place at first; after a second the host's oldest is cut for it", () => {
  const { halfOpen, all, places } = arrive(['anna', 'mallory', 'mallory', 'mallory'])
  expect(places).toEqual([true, true, true, false])
  expect(all.map((each) => halfOpen.isTurnedAway(each))).toEqual([false, false, false, true])
  expect(halfOpen.addAccepted(connectionFrom('mallory', 999), 999)).toEqual({ hasPlace: false, cut: undefined })
  expect(halfOpen.addAccepted(connectionFrom('mallory', 1000), 1000)).toEqual({ hasPlace: true, cut: all[1] })
})

test('when all places are taken, the oldest of all is cut, after its second', () => {
  const { halfOpen, all } = arrive(['anna', 'bert', 'carl', 'dora'])
  expect(halfOpen.addAccepted(connectionFrom('emil', 999), 999)).toEqual({ hasPlace: false, cut: undefined })
  expect(halfOpen.addAccepted(connectionFrom('emil', 1000), 1000)).toEqual({ hasPlace: true, cut: all[0] })
})

test('those who leave make room', () => {
  const { halfOpen, all } = arrive(['mallory', 'mallory'])
  for (const each of all.slice(0, 1)) halfOpen.delete(each)
  expect(halfOpen.addAccepted(connectionFrom('mallory', 0), 0).hasPlace).toBe(true)
})

test('as many links as there are places may wait to hear that there is none; of more, the oldest is cut', () => {
  const { halfOpen, all, places } = arrive(Array.from({ length: 6 }, () => 'mallory'))
  expect(places).toEqual([true, true, false, false, false, false])
  expect(halfOpen.addAccepted(connectionFrom('mallory', 0), 0)).toEqual({ hasPlace: false, cut: all[2] })
  expect(halfOpen.overdue(10_000)).toHaveLength(6)
})

test('links from a trusted proxy are not counted per host, only in all', () => {
  const { places } = arrive(
    Array.from({ length: 5 }, () => 'proxy'),
    { trustedProxies: ['proxy'] },
  )
  expect(places).toEqual([true, true, true, true, false])
})

test('links that this node dials itself take no place', () => {
  const halfOpen = new HalfOpen(limits)
  for (let count = 0; count < 10; count++) halfOpen.addDialed(connectionFrom('bert', 0, 'dialled'))
  expect(halfOpen.addAccepted(connectionFrom('bert', 0), 0).hasPlace).toBe(true)
})

test('whoever has not shaken hands in ten seconds is overdue, in either direction', () => {
  const halfOpen = new HalfOpen(limits)
  const [accepted, dialed] = [connectionFrom('anna', 0), connectionFrom('bert', 0, 'dialled')]
  halfOpen.addAccepted(accepted, 0)
  halfOpen.addDialed(dialed)
  halfOpen.addAccepted(connectionFrom('carl', 1), 1)
  expect(halfOpen.overdue(9999)).toEqual([])
  expect(halfOpen.overdue(10_000)).toEqual([dialed, accepted])
})
