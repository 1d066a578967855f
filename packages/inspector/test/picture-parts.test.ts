import { expect, test } from 'vitest'
import type { TreeView } from '@ts2p/mesh'
import type { NodeId } from '@ts2p/protocol'
import { bytesOf, textOf } from '../page/keys/bytes-text.ts'
import { graphOf, wave } from '../page/picture/graph.ts'
import { History } from '../page/picture/history.ts'
import { layOut } from '../page/picture/layout.ts'
import { leaseText } from '../page/keys/lease-text.ts'
import type { LinkView, Snapshot } from '../src/wire.ts'

const id = (name: string): NodeId => name as NodeId
const link = (name: string): LinkView => ({
  ...{ id: id(name), remote: name, direction: 'dialed' },
  ...{ sentBytes: 0, receivedBytes: 0, queuedBytes: 0 },
})
const tree = (source: string, parent: string | undefined, eager: string[], lazy: string[]): TreeView => ({
  source: id(source),
  parent: parent === undefined ? undefined : id(parent),
  eager: eager.map(id),
  lazy: lazy.map(id),
})
/** We are b, linked with a and c; c tells that it is linked with d, too. */
const told: Pick<Snapshot, 'links' | 'trees' | 'others'> = {
  links: ['a', 'c'].map(link),
  trees: [tree('b', undefined, ['a', 'c'], []), tree('a', 'a', ['c'], [])],
  others: [{ id: id('c'), links: ['b', 'd'].map(id), trees: [tree('a', 'b', ['d'], [])] }],
}
const who = { inspected: id('b'), page: 'd', source: 'a' }

test('the picture is put together of what the nodes tell', () => {
  const graph = graphOf(told, who)
  expect(graph.nodes).toEqual([
    { id: 'a', kind: 'other' },
    { id: 'b', kind: 'inspected' },
    { id: 'c', kind: 'told' },
    { id: 'd', kind: 'page' },
  ])
  expect(graph.links).toEqual([
    { a: 'a', b: 'b', kind: 'eager', to: 'b' },
    { a: 'b', b: 'c', kind: 'eager', to: 'c' },
    { a: 'c', b: 'd', kind: 'eager', to: 'd' },
  ])
  expect(graphOf(told, { ...who, source: 'b' }).links.map(({ kind }) => kind)).toEqual(['eager', 'eager', 'plain'])
  const lazy = { ...told, trees: [tree('a', 'a', [], ['c'])], others: [] }
  expect(graphOf(lazy, who).links.map(({ kind }) => kind)).toEqual(['eager', 'lazy'])
})

test('a message goes along the eager links of its origin, one link after the other', () => {
  const steps = wave(graphOf(told, who), 'a')
  expect(steps.map(({ to, hops }) => [to, hops])).toEqual([
    ['b', 1],
    ['c', 2],
    ['d', 3],
  ])
})

test('the same nodes and links have the same places, apart from each other and within the picture', () => {
  const graph = graphOf(told, who)
  const places = layOut(graph, new Map())
  expect(layOut(graph, new Map())).toEqual(places)
  const points = [...places.values()]
  for (const [index, { x, y }] of points.entries()) {
    expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(1)
    for (const other of points.slice(index + 1)) expect(Math.hypot(x - other.x, y - other.y)).toBeGreaterThan(0.2)
  }
  expect(layOut({ nodes: graph.nodes.slice(0, 1), links: [] }, new Map()).get('a')).toEqual({ x: 0, y: 0 })
})

test('what is left of a lease and its length, in words', () => {
  const lease = (expiresAt: number, leaseSeconds: number) => ({ expiresAt, leaseSeconds, ephemeral: false })
  expect(leaseText(undefined, 0)).toBe('free')
  expect(leaseText(lease(1000, 1), 1000)).toBe('free')
  expect(leaseText(lease(1000, 60), 1)).toBe('1 s of 1 min')
  expect(leaseText(lease(3_600_000, 7200), 0)).toBe('1 h of 2 h')
  expect(leaseText(lease(3_599_000, 3600), 0)).toBe('59 min 59 s of 1 h')
  // Its last second is beyond its length.
  expect(leaseText({ ...lease(6000, 5), ephemeral: true }, 0)).toBe('ephemeral, 5 s of 5 s')
})

test('bytes as text, cut between characters; and what is no text in hexadecimal', () => {
  expect(textOf(bytesOf('grün'))).toEqual({ text: 'grün', isText: true })
  expect(textOf(bytesOf('grün'), 3)).toEqual({ text: 'gr…', isText: true })
  expect(textOf(new Uint8Array(0))).toEqual({ text: '', isText: true })
  expect(textOf(Uint8Array.of(0xff, 1))).toEqual({ text: '0xff01', isText: false })
  expect(textOf(new Uint8Array(1000).fill(0xff)).text).toBe(`0x${'ff'.repeat(64)}…`)
})

test('charts show rates, and nothing where nothing is known', () => {
  const history = new History()
  const metrics = {
    ...{ links: 0, coreLinks: 0, leafLinks: 0, messagesSent: 0, messagesReceived: 10, duplicatesReceived: 0 },
    ...{
      payloadSent: 0,
      controlSent: 0,
      controlReceived: 0,
      graftsSent: 0,
      prunesSent: 0,
      directSent: 0,
      directRepeated: 0,
      directDropped: 0,
      routeQuestionsSent: 0,
      bytesSent: 0,
      bytesReceived: 0,
    },
  }
  const snapshot: Snapshot = {
    ...told,
    ...{ kind: 'snapshot', now: 1000, keys: 0, metrics, delays: null },
    memory: { residentBytes: 2 ** 20, heapBytes: 2 ** 19 },
  }
  history.add(snapshot)
  const delays = { meanMs: 2, maxMs: 3 }
  history.add({ ...snapshot, now: 3000, delays, metrics: { ...metrics, messagesReceived: 30, bytesSent: 400 } })
  // The node was started again.
  history.add({ ...snapshot, now: 4000 })
  expect(
    history.moments.map(({ receivedPerS, sentBytesPerS, delayMaxMs }) => [receivedPerS, sentBytesPerS, delayMaxMs]),
  ).toEqual([
    [null, null, null],
    [10, 200, 3],
    [null, null, null],
  ])
  for (let now = 5000; now < 1_000_000; now += 1000) history.add({ ...snapshot, now })
  expect(history.moments).toHaveLength(300)
})
