import { expect, test } from 'vitest'
import { MissingMessages, waits } from './missing-messages.ts'
import { Sources } from './sources.ts'
import type { Source } from './sources.ts'

function source(): Source<string> {
  return new Sources<string>({ sourcesMax: 3, key: new Uint8Array(32), epoch: 7 }).getOrCreateNamed(
    new Uint8Array(32).fill(1),
    1,
    'a',
  ).source
}

const always = (): boolean => true

test('who told first is asked first, the next one when no answer comes, and then nobody', () => {
  const [from, missing] = [source(), new MissingMessages<string>()]
  from.received.add({ first: 1, last: 3 }, 0)
  missing.add(from, { first: 2, last: 6 }, 'a', { dueAt: 150 })
  missing.add(from, { first: 5, last: 7 }, 'b', { dueAt: 150 })
  expect(missing.due(149, always)).toEqual([])
  expect(missing.due(150, always)).toEqual([{ source: from, ranges: [{ first: 4, last: 7 }], isAll: true, link: 'a' }])
  expect(missing.due(151, always)).toEqual([])
  expect(missing.due(150 + waits.answerMs, always).map(({ link }) => link)).toEqual(['b'])
  expect(missing.due(10_000, always)).toEqual([])
  expect(missing.isEmpty).toBe(true)
})

test('what has come meanwhile is not asked for', () => {
  const [from, missing] = [source(), new MissingMessages<string>()]
  missing.add(from, { first: 1, last: 3 }, 'a', { dueAt: 0 })
  from.received.add({ first: 1, last: 2 }, 0)
  expect(missing.due(0, always).map(({ ranges }) => ranges)).toEqual([[{ first: 3, last: 3 }]])
  from.received.add({ first: 3, last: 3 }, 0)
  expect([missing.due(1000, always), missing.isEmpty]).toEqual([[], true])
})

test('whoever is gone is not asked, and a lost parent makes it urgent', () => {
  const [from, missing] = [source(), new MissingMessages<string>()]
  missing.add(from, { first: 1, last: 1 }, 'gone', { dueAt: 150 })
  missing.add(from, { first: 1, last: 1 }, 'here', { dueAt: 150 })
  missing.hurry(from)
  expect(missing.due(1, (link) => link === 'here').map(({ link }) => link)).toEqual(['here'])
})

test('what nobody sends of the time before this node came counts as received; what was sent since does not', () => {
  const [from, missing] = [source(), new MissingMessages<string>()]
  missing.add(from, { first: 1, last: 5 }, 'introducer', { dueAt: 0, isBefore: true })
  missing.add(from, { first: 6, last: 7 }, 'introducer', { dueAt: 0 })
  expect(missing.due(0, always).length).toBe(1)
  from.received.add({ first: 5, last: 5 }, 0)
  for (const now of [waits.answerMs, 1000]) missing.due(now, always)
  expect(missing.due(1000 + waits.answerMs, always)).toEqual([])
  expect(from.received.missingIn({ first: 1, last: 7 })).toEqual([{ first: 6, last: 7 }])
})

test('as long as the parent sends, what comes behind it is asked of nobody', () => {
  const [from, missing] = [source(), new MissingMessages<string>()]
  from.parent = 'parent'
  missing.add(from, { first: 1, last: 90 }, 'a', { dueAt: 150 })
  for (let now = 100; now <= 900; now += 100) {
    from.received.add({ first: now / 10 - 9, last: now / 10 }, now)
    expect(missing.due(now, always)).toEqual([])
  }
  missing.add(from, { first: 91, last: 95 }, 'a', { dueAt: 950 })
  expect(missing.due(1000, always)).toEqual([])
  expect(missing.due(900 + waits.treeMs, always)).toEqual([
    { source: from, ranges: [{ first: 91, last: 95 }], isAll: true, link: 'a' },
  ])
})

test('a gap is asked for though the parent sends: what was left out does not come behind', () => {
  const [from, missing] = [source(), new MissingMessages<string>()]
  from.parent = 'parent'
  from.received.add({ first: 1, last: 3 }, 0)
  from.received.add({ first: 6, last: 9 }, 140)
  missing.add(from, { first: 4, last: 5 }, 'a', { dueAt: 150 })
  expect(missing.due(150, always).map(({ ranges }) => ranges)).toEqual([[{ first: 4, last: 5 }]])
})

test('as long as pieces of an answer come nobody else is asked, and then the same neighbor for more', () => {
  const [from, missing] = [source(), new MissingMessages<string>()]
  missing.add(from, { first: 1, last: 100 }, 'a', { dueAt: 0 })
  missing.add(from, { first: 1, last: 100 }, 'b', { dueAt: 0 })
  expect(missing.due(0, always).map(({ link }) => link)).toEqual(['a'])
  for (let now = 100; now <= 600; now += 100) {
    from.received.add({ first: now / 10 - 9, last: now / 10 }, now)
    expect(missing.due(now, always)).toEqual([])
  }
  expect(missing.due(700, always)).toEqual([])
  expect(missing.due(600 + waits.treeMs, always)).toEqual([
    { source: from, ranges: [{ first: 61, last: 100 }], isAll: true, link: 'a' },
  ])
  expect(missing.due(2000, always).map(({ link }) => link)).toEqual(['b'])
})

test('what was given up is not asked for', () => {
  const [from, missing] = [source(), new MissingMessages<string>()]
  for (const first of [1, 5, 9]) from.received.add({ first, last: first }, first)
  missing.add(from, { first: 1, last: 9 }, 'a', { dueAt: 0 })
  from.received.giveUp(5)
  expect(missing.due(10, always).map(({ ranges }) => ranges)).toEqual([[{ first: 6, last: 8 }]])
  from.received.giveUp(9)
  expect([missing.due(1000, always), missing.isEmpty]).toEqual([[], true])
})
