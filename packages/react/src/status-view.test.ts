import { MemoryPersistence } from '@ts2p/sync'
import { expect, test } from 'vitest'
import { createNetwork } from './pair.test-helper.ts'
import { StatusView } from './status-view.ts'

test('alone, linked, alone again', async () => {
  const { node, pass } = createNetwork(1)
  const [anna, bert] = [node('anna', {}), node('bert', {})]
  await anna.listen()
  const view = new StatusView(bert)
  const seen = [view.snapshot()]
  view.subscribe(() => seen.push(view.snapshot()))
  await Promise.all([bert.connect('anna', 4444), pass(1000)])
  await Promise.all([anna.close(), pass(15_000)])
  expect(seen).toEqual(['alone', 'linked', 'alone'])
  const closed = bert.close()
  expect(seen).toEqual(['alone', 'linked', 'alone', 'closed'])
  await Promise.all([closed, pass(15_000)])
  expect(seen.slice(3)).toEqual(['closed'])
})

test('while it reads what it has kept it opens; then it is alone, or has failed', async () => {
  const { node, pass } = createNetwork(2)
  const persistence = new MemoryPersistence()
  const first = node('first', { persistence })
  const good = new StatusView(first)
  expect(good.snapshot()).toBe('opening')
  const opened = new Promise<void>((resolve) => void good.subscribe(resolve))
  await Promise.all([opened, first.ready, pass(100)])
  expect(good.snapshot()).toBe('alone')

  // Only one node at a time may have it.
  const second = node('second', { persistence })
  const bad = new StatusView(second)
  const failed = new Promise<void>((resolve) => void bad.subscribe(resolve))
  await expect(second.ready).rejects.toThrow()
  await failed
  expect(bad.snapshot()).toBe('failed')
  await Promise.all([first.close(), pass(15_000)])
  expect(good.snapshot()).toBe('closed')
})

test('closed while it reads what it has kept', async () => {
  const { node, pass } = createNetwork(3)
  const anna = node('anna', { persistence: new MemoryPersistence() })
  const view = new StatusView(anna)
  const seen: unknown[] = []
  view.subscribe(() => seen.push(view.snapshot()))
  await Promise.all([anna.close(), pass(100)])
  expect(new Set(seen)).toEqual(new Set(['closed']))
})
