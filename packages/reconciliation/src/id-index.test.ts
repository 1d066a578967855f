import { expect, test } from 'vitest'
import { IdIndex } from './id-index.ts'
import { KeyedId } from './keyed-id.ts'
import { elementsOf, saltOf } from './reconciliation.test-helper.ts'
import { SourceSymbols } from './source-symbols.ts'

function createIndex(): { index: IdIndex; sources: SourceSymbols; add: (high: number, low: number) => boolean } {
  const sources = new SourceSymbols(new KeyedId(saltOf('index')))
  const index = new IdIndex(sources)
  const add = (high: number, low: number): boolean => {
    sources.push(high, low, 1)
    return index.add()
  }
  return { index, sources, add }
}

test('each id is found at its position, and no other id is found', () => {
  const ids = Int32Array.from(new KeyedId(saltOf('ids')).idsOf(elementsOf('index', 3000)))
  const { index, add } = createIndex()
  for (let at = 0; at < 4000; at += 2) expect(add(ids[at] ?? 0, ids[at + 1] ?? 0)).toBe(true)
  const found = Array.from({ length: 3000 }, (_, position) =>
    index.find(ids[position * 2] ?? 0, ids[position * 2 + 1] ?? 0),
  )
  expect(found).toEqual(Array.from({ length: 3000 }, (_, position) => (position < 2000 ? position : -1)))
})

test('an id is added at most once', () => {
  const { index, add } = createIndex()
  expect([add(1, 2), add(2, 1), add(1, 2)]).toEqual([true, true, false])
  expect(index.find(1, 2)).toBe(0)
})

test('ids that were made to collide are refused, and a search for them is bounded', () => {
  const { index, add } = createIndex()
  const added = Array.from({ length: 3000 }, (_, high) => add(high << 16, high << 16))
  expect(added.indexOf(false)).toBeGreaterThan(100)
  expect(added.indexOf(false)).toBeLessThan(200)
  expect(index.find(-1, -1)).toBe(-1)
})
