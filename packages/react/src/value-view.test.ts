import { MemoryPersistence } from '@ts2p/sync'
import type { Encoding } from '@ts2p/sync'
import { expect, test } from 'vitest'
import { createNetwork, linkedPair } from './pair.test-helper.ts'
import { ValueView } from './value-view.ts'

interface Note {
  readonly text: string
  readonly at: readonly number[]
}

const notes = { keyEncoding: 'utf8', valueEncoding: 'json' } as const

test('it tells of its key, set here or by another node, and of no other key', async () => {
  const { anna, bert, pass } = await linkedPair<string, Note>(1, notes)
  const view = new ValueView(bert, 'a')
  let told = 0
  const end = view.subscribe(() => (told += 1))
  anna.set('b', { text: 'another key', at: [] })
  await pass(500)
  expect([told, view.snapshot()]).toEqual([0, undefined])
  anna.set('a', { text: 'from anna', at: [1] })
  await pass(500)
  expect([told, view.snapshot()]).toEqual([1, { text: 'from anna', at: [1] }])
  anna.del('a')
  await pass(500)
  expect([told, view.snapshot()]).toEqual([2, undefined])
  // In the event in which a person types, not after it.
  bert.set('a', { text: 'from bert', at: [] })
  expect([told, view.snapshot()?.text]).toEqual([3, 'from bert'])
  end()
  bert.set('a', { text: 'unheard', at: [] })
  expect(told).toBe(3)
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})

test('the snapshot is the same object as long as the value is equal', async () => {
  const { anna, bert, pass } = await linkedPair<string, Note>(2, notes)
  bert.set('a', { text: 'a', at: [1, 2] })
  const view = new ValueView(bert, 'a')
  const before = view.snapshot()
  expect(view.snapshot()).toBe(before)
  let told = 0
  const ends = [view.subscribe(() => (told += 1)), view.subscribe(() => undefined)]
  expect(view.snapshot()).toBe(before)
  // The same again, which renews the lease.
  bert.set('a', { text: 'a', at: [1, 2] })
  await pass(500)
  expect(view.snapshot()).toBe(before)
  expect(told).toBe(0)
  for (const end of ends) end()
  expect(view.snapshot()).toBe(before)
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})

test('what changes between a rendering and its subscription is not missed', async () => {
  const { anna, bert, pass } = await linkedPair<string, Note>(3, notes)
  const view = new ValueView(bert, 'a')
  expect(view.snapshot()).toBeUndefined()
  bert.set('a', { text: 'meanwhile', at: [] })
  expect(view.snapshot()?.text).toBe('meanwhile')
  bert.set('a', { text: 'and again', at: [] })
  const end = view.subscribe(() => undefined)
  expect(view.snapshot()?.text).toBe('and again')
  end()
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})

test('a view that is subscribed to no longer leaves no listener at the socket', async () => {
  const { anna, bert, pass } = await linkedPair<string, Note>(4, notes)
  const count = (): number => bert.listenerCount('change') + bert.listenerCount('undecodable')
  const before = count()
  const view = new ValueView(bert, 'a')
  view.snapshot()
  expect(count()).toBe(before)
  const ends = [view.subscribe(() => undefined), view.subscribe(() => undefined)]
  expect(count()).toBe(before + 2)
  for (const end of ends) end()
  expect(count()).toBe(before)
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})

test('keys that are bytes: given as bytes or as text', async () => {
  const { anna, bert, pass } = await linkedPair<Uint8Array, Uint8Array>(5, {
    keyEncoding: 'binary',
    valueEncoding: 'binary',
  })
  const views = [new ValueView(bert, 'ä'), new ValueView(bert, new TextEncoder().encode('ä'))]
  let told = 0
  for (const view of views) view.subscribe(() => (told += 1))
  anna.set('ä', 'value')
  await pass(500)
  expect(told).toBe(2)
  expect(views.map((view) => new TextDecoder().decode(view.snapshot()))).toEqual(['value', 'value'])
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})

test('values that only their class could compare do not change from one reading to the next', async () => {
  const dates: Encoding<Date> = {
    name: 'date',
    encode: (date) => new TextEncoder().encode(date.toISOString()),
    decode: (bytes) => new Date(new TextDecoder().decode(bytes)),
  }
  const { anna, bert, pass } = await linkedPair<string, Date>(6, { keyEncoding: 'utf8', valueEncoding: dates })
  bert.set('a', new Date(0))
  const view = new ValueView(bert, 'a')
  expect(view.snapshot()).toBe(view.snapshot())
  bert.set('a', new Date(1))
  view.subscribe(() => undefined)
  expect(view.snapshot()).toEqual(new Date(1))
  expect(view.snapshot()).toBe(view.snapshot())
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})

test('before a socket has read what it kept there is nothing, and then it is told', async () => {
  const { node, pass } = createNetwork(7)
  const options = { ...notes, persistence: new MemoryPersistence() }
  const before = node<string, Note>('before', options)
  await before.ready
  before.set('a', { text: 'kept', at: [] })
  await Promise.all([before.close(), pass(15_000)])

  const after = node<string, Note>('after', options)
  const view = new ValueView(after, 'a')
  expect(view.snapshot()).toBeUndefined()
  const told = new Promise<void>((resolve) => void view.subscribe(resolve))
  await Promise.all([told, pass(500)])
  expect(view.snapshot()?.text).toBe('kept')
  await Promise.all([after.close(), pass(15_000)])
})

test('a value that cannot be read throws its error, shows no older value, and gives way to the next', async () => {
  const { node, pass } = createNetwork(8)
  const anna = node<string, string>('anna', { keyEncoding: 'utf8', valueEncoding: 'utf8', leasing: false })
  const bert = node<string, number>('bert', { keyEncoding: 'utf8', valueEncoding: 'json', leasing: false })
  await anna.listen()
  await bert.listen()
  const joined = bert.connect('anna', 4444)
  await pass(1000)
  await joined
  anna.set('a', '1')
  await pass(500)
  const view = new ValueView(bert, 'a')
  let told = 0
  const end = view.subscribe(() => (told += 1))
  expect(view.snapshot()).toBe(1)
  const decodingError: unknown = expect.objectContaining({ code: 'DECODING', key: 'a', owner: anna.id })
  anna.set('a', 'no json')
  await pass(500)
  expect(told).toBe(1)
  expect(() => view.snapshot()).toThrow(decodingError)
  // A view that begins now throws as well, in the rendering and not as it subscribes.
  const late = new ValueView(bert, 'a')
  const endLate = late.subscribe(() => undefined)
  expect(() => late.snapshot()).toThrow(decodingError)
  anna.set('a', '2')
  await pass(500)
  expect([told, view.snapshot(), late.snapshot()]).toEqual([2, 2, 2])
  anna.set('a', 'no json')
  await pass(500)
  anna.del('a')
  await pass(500)
  expect([told, view.snapshot(), late.snapshot()]).toEqual([4, undefined, undefined])
  for (const unsubscribe of [end, endLate]) unsubscribe()
  expect(bert.listenerCount('undecodable')).toBe(0)
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})
