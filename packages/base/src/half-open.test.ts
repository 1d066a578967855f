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
  const owner = { onOpen: nothing, onMessage: nothing, onWritable: nothing, onClose: nothing }
  return new Connection({ link, direction, remote: host, environment, limits, owner })
}

/** Adds a link of each host, in order; the last one is the newcomer. */
function arrive(
  hosts: readonly string[],
  openedAt = 0,
): { halfOpen: HalfOpen; all: Connection[]; newcomer: Connection } {
  const halfOpen = new HalfOpen(limits)
  const all = hosts.map((host) => connectionFrom(host, openedAt))
  for (const each of all) halfOpen.add(each)
  const newcomer = all.at(-1)
  if (!newcomer) throw new Error('Somebody must come.')
  return { halfOpen, all, newcomer }
}

test('while there is room, nobody gives way', () => {
  const { halfOpen, newcomer } = arrive(['mallory', 'mallory'])
  expect(halfOpen.givesWay(newcomer, 0)).toBe('none')
})

test("a host's third link is refused at first; after a second the host's oldest gives way to it", () => {
  const { halfOpen, all, newcomer } = arrive(['anna', 'mallory', 'mallory', 'mallory'])
  expect(halfOpen.givesWay(newcomer, 999)).toBe('refuse')
  expect(halfOpen.givesWay(newcomer, 1000)).toBe(all[1])
})

test('when all places are taken, the oldest of all gives way, after its second', () => {
  const { halfOpen, all, newcomer } = arrive(['anna', 'bert', 'carl', 'dora', 'emil'])
  expect(halfOpen.givesWay(newcomer, 999)).toBe('refuse')
  expect(halfOpen.givesWay(newcomer, 1000)).toBe(all[0])
})

test('those who leave make room', () => {
  const { halfOpen, all, newcomer } = arrive(['mallory', 'mallory', 'mallory'])
  for (const each of all.slice(0, 1)) halfOpen.delete(each)
  expect(halfOpen.givesWay(newcomer, 0)).toBe('none')
})

test('those who come after the newcomer take no place from it', () => {
  const { halfOpen, all } = arrive(['mallory', 'mallory', 'mallory', 'mallory'])
  expect(all.map((each) => halfOpen.givesWay(each, 0))).toEqual(['none', 'none', 'refuse', 'refuse'])
})

test('links that this node dials itself take no place', () => {
  const halfOpen = new HalfOpen(limits)
  for (let count = 0; count < 10; count++) halfOpen.add(connectionFrom('bert', 0, 'dialled'))
  const newcomer = connectionFrom('bert', 0)
  halfOpen.add(newcomer)
  expect(halfOpen.givesWay(newcomer, 0)).toBe('none')
})

test('whoever has not shaken hands in ten seconds is overdue, in either direction', () => {
  const halfOpen = new HalfOpen(limits)
  const early = [connectionFrom('anna', 0), connectionFrom('bert', 0, 'dialled')]
  for (const each of [...early, connectionFrom('carl', 1)]) halfOpen.add(each)
  expect(halfOpen.overdue(9999)).toEqual([])
  expect(halfOpen.overdue(10_000)).toEqual(early)
})
