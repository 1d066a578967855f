import { defaultLimits } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { Connection } from '../links/connection.ts'
import { HalfOpen } from './half-open.ts'
import type { HalfOpenOptions } from './half-open.ts'
import { systemEnvironment } from '../environment/system-environment.ts'
import type { Link } from '../links/transport.ts'

const limits = { ...defaultLimits, halfOpenMax: 4, halfOpenPerHostMax: 2, handshakeMs: 10_000 }
const nothing = (): void => undefined
const quiet: HalfOpenOptions = { limits, isTrustedProxy: () => false, hasSpoken: () => false }

function connectionFrom(host: string, openedAt: number, direction: 'dialed' | 'accepted' = 'accepted'): Connection {
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

/** Whether a link that arrives gets a place. */
function hasPlace(halfOpen: HalfOpen, connection: Connection, now: number): boolean {
  halfOpen.addAccepted(connection, now)
  return !halfOpen.isTurnedAway(connection)
}

/** Links of these hosts arrive, in order. */
function arrive(
  hosts: readonly string[],
  options: Partial<HalfOpenOptions> = {},
): {
  halfOpen: HalfOpen
  all: Connection[]
  places: boolean[]
} {
  const halfOpen = new HalfOpen({ ...quiet, ...options })
  const all = hosts.map((host) => connectionFrom(host, 0))
  const places = all.map((each) => hasPlace(halfOpen, each, 0))
  return { halfOpen, all, places }
}

test('while there is room, each link gets a place and none is cut', () => {
  const { halfOpen, places } = arrive(['mallory'])
  expect(places).toEqual([true])
  expect(halfOpen.addAccepted(connectionFrom('mallory', 0), 5000)).toBe(undefined)
})

test("a host's third link has no place at first; after a second the host's oldest is cut for it", () => {
  const { halfOpen, all, places } = arrive(['anna', 'mallory', 'mallory', 'mallory'])
  expect(places).toEqual([true, true, true, false])
  expect(all.map((each) => halfOpen.isTurnedAway(each))).toEqual([false, false, false, true])
  expect(halfOpen.addAccepted(connectionFrom('mallory', 999), 999)).toBe(undefined)
  expect(halfOpen.addAccepted(connectionFrom('mallory', 1000), 1000)).toBe(all[1])
})

test('when all places are taken, the oldest of all is cut, after its second', () => {
  const { halfOpen, all } = arrive(['anna', 'bert', 'carl', 'dora'])
  expect(halfOpen.addAccepted(connectionFrom('emil', 999), 999)).toBe(undefined)
  expect(halfOpen.addAccepted(connectionFrom('emil', 1000), 1000)).toBe(all[0])
})

test('those who leave make room', () => {
  const { halfOpen, all } = arrive(['mallory', 'mallory'])
  for (const each of all.slice(0, 1)) halfOpen.delete(each)
  expect(hasPlace(halfOpen, connectionFrom('mallory', 0), 0)).toBe(true)
})

test('at most halfOpenMax links wait for their refusal; beyond that, the oldest is cut', () => {
  const { halfOpen, all, places } = arrive(Array.from({ length: 6 }, () => 'mallory'))
  expect(places).toEqual([true, true, false, false, false, false])
  expect(halfOpen.addAccepted(connectionFrom('mallory', 0), 0)).toBe(all[2])
  expect(halfOpen.overdue(10_000)).toHaveLength(6)
})

test('links from a trusted proxy are not counted per host, only in all', () => {
  const { places } = arrive(
    Array.from({ length: 5 }, () => 'proxy'),
    { isTrustedProxy: (host) => host === 'proxy' },
  )
  expect(places).toEqual([true, true, true, true, false])
})

test('links that this node dials itself take no place', () => {
  const halfOpen = new HalfOpen(quiet)
  for (let count = 0; count < 10; count++) halfOpen.addDialed(connectionFrom('bert', 0, 'dialed'))
  expect(hasPlace(halfOpen, connectionFrom('bert', 0), 0)).toBe(true)
})

test('whoever has not shaken hands in ten seconds is overdue, in either direction', () => {
  const halfOpen = new HalfOpen(quiet)
  const [accepted, dialed] = [connectionFrom('anna', 0), connectionFrom('bert', 0, 'dialed')]
  halfOpen.addAccepted(accepted, 0)
  halfOpen.addDialed(dialed)
  halfOpen.addAccepted(connectionFrom('carl', 1), 1)
  expect(halfOpen.overdue(9999)).toEqual([])
  expect(halfOpen.overdue(10_000)).toEqual([dialed, accepted])
})

test('all addresses of one IPv6 /64 count as one host; a host that is not known does not count', () => {
  expect(arrive(['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1']).places).toEqual([
    true,
    true,
    false,
    true,
  ])
  expect(arrive(['', '', '', '']).places).toEqual([true, true, true, true])
})

test('a link whose other side has said hello is cut after those that have said nothing', () => {
  const spoken = new Set<Connection>()
  const { halfOpen, all } = arrive(['mallory', 'mallory'], { hasSpoken: (connection) => spoken.has(connection) })
  for (const each of all.slice(0, 1)) spoken.add(each)
  expect(halfOpen.addAccepted(connectionFrom('mallory', 1000), 1000)).toBe(all[1])
})
