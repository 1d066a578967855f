import { expect, test } from 'vitest'
import { MapView } from './map-view.ts'
import { createNetwork, linkedPair } from './pair.test-helper.ts'

const encodings = { keyEncoding: 'utf8', valueEncoding: 'json' } as const

test('it has the keys of its prefix; others do not change it', async () => {
  const { anna, bert, pass } = await linkedPair<string, number[]>(1, encodings)
  bert.update({ 'note/1': [1], 'note/2': [2], person: [3] })
  const view = new MapView(bert, 'note/')
  const before = view.snapshot()
  let told = 0
  const end = view.subscribe(() => (told += 1))
  expect(view.snapshot()).toBe(before)
  expect([...before]).toEqual([
    ['note/1', [1]],
    ['note/2', [2]],
  ])
  anna.set('people', [4])
  await pass(500)
  expect(told).toBe(0)
  expect(view.snapshot()).toBe(before)

  anna.set('note/3', [3])
  await pass(500)
  expect(told).toBe(1)
  expect([...view.snapshot().keys()]).toEqual(['note/1', 'note/2', 'note/3'])
  // Who has the old map keeps it as it was, and what did not change is the same in both.
  expect(before.size).toBe(2)
  expect(view.snapshot().get('note/1')).toBe(before.get('note/1'))
  bert.del('note/1')
  expect([...view.snapshot().keys()]).toEqual(['note/2', 'note/3'])
  end()
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})

test('a thousand changes of one turn are told twice: the first at once, the others together', async () => {
  const { anna, bert, pass } = await linkedPair<string, number>(2, encodings)
  const view = new MapView(bert, undefined)
  const sizes: number[] = []
  view.subscribe(() => sizes.push(view.snapshot().size))
  bert.update(Array.from({ length: 1000 }, (_, index) => [`key ${index}`, index] as const))
  expect(sizes).toEqual([1])
  // Whoever looks before the turn is over sees all of them.
  expect(view.snapshot().size).toBe(1000)
  await pass(100)
  expect(sizes).toEqual([1, 1000])
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})

test('keys that are bytes are in it once, however often they change', async () => {
  const { anna, bert, pass } = await linkedPair<Uint8Array, string>(3, { keyEncoding: 'binary', valueEncoding: 'utf8' })
  const view = new MapView(bert, 'a/')
  view.subscribe(() => undefined)
  for (const value of ['1', '2', '3']) bert.set('a/b', value)
  bert.set('c', 'not of the prefix')
  expect([...view.snapshot().values()]).toEqual(['3'])
  bert.del(new TextEncoder().encode('a/b'))
  expect(view.snapshot().size).toBe(0)
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})

test('a value that is of another encoding hides no other', async () => {
  const { anna, bert, pass } = await linkedPair<string, number>(4, {
    keyEncoding: 'utf8',
    valueEncoding: {
      name: 'digits',
      encode: (value) => new TextEncoder().encode(String(value)),
      decode: (bytes) => {
        const value = Number(new TextDecoder().decode(bytes))
        if (Number.isNaN(value)) throw new Error('no number')
        return value
      },
    },
  })
  bert.update({ good: 1, bad: Number.NaN })
  expect([...new MapView(bert, undefined).snapshot()]).toEqual([['good', 1]])
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})

test('a value that another node replaces with one of another encoding is left out, until it can be read again', async () => {
  const { node, pass } = createNetwork(5)
  const options = { leasing: false } as const
  const anna = node<string, string>('anna', { ...options, keyEncoding: 'utf8', valueEncoding: 'utf8' })
  const bert = node<string, number>('bert', { ...options, ...encodings })
  await anna.listen()
  await bert.listen()
  const joined = bert.connect('anna', 4444)
  await pass(1000)
  await joined
  anna.set('note/1', '1').set('note/2', '2')
  await pass(500)
  const view = new MapView(bert, 'note/')
  const told: [string, number][][] = []
  view.subscribe(() => told.push([...view.snapshot()]))
  anna.set('note/1', 'no json')
  await pass(500)
  anna.set('other', 'no json')
  anna.set('note/1', '3')
  await pass(500)
  expect(told).toEqual([
    [['note/2', 2]],
    [
      ['note/2', 2],
      ['note/1', 3],
    ],
  ])
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})
