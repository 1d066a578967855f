import { ProtocolError } from '@ts2p/protocol'
import type { ReconciliationMessage } from '@ts2p/protocol'
import { CodedSymbols, encodeSymbols } from '@ts2p/reconciliation'
import { scaled } from '@ts2p/test-config/scaled'
import { describe, expect, test } from 'vitest'
import { endChanges } from './reconciliation-session.ts'
import { exchange, randomOf, Side } from './session.test-helper.ts'
import type { Random, Sent } from './session.test-helper.ts'

/** Of a node that has dropped nothing, and has room. */
const plain = { completeSince: 0, garbageBefore: 0, isFull: false }

const nonce = new Uint8Array(8)
const root = new Uint8Array(16)
const elsewhere = { epoch: 99, sequence: 0 }

/** Two sides with `common` records, and each with records and newer versions that the other one lacks. */
function sidesOf(random: Random, options: { common: number; apartMax: number; sliceSteps?: number }): [Side, Side] {
  const sides: [Side, Side] = [new Side(1, options.sliceSteps), new Side(2, options.sliceSteps)]
  for (let index = 0; index < options.common; index += 1) for (const side of sides) side.write(`key ${index}`, 0)
  for (const [name, side] of sides.entries()) {
    for (let left = random(options.apartMax + 1); left > 0; left -= 1) {
      if (random(2) === 0) side.write(`of ${name} ${left}`, 0)
      else side.write(`key ${random(options.common)}`, 1 + random(3))
    }
  }
  return sides
}

/** Two sides that hold the same, know each other's position, and have nothing under way. */
function reconciled(count: number): [Side, Side] {
  const sides = sidesOf(randomOf(1), { common: count, apartMax: 0 })
  for (const side of sides) {
    side.step({ kind: 'open' })
    exchange(sides, randomOf(1))
  }
  expect(sides.map(({ cursor }) => cursor)).toEqual([sides[1].journal.position, sides[0].journal.position])
  return sides
}

function expectSettled([a, b]: [Side, Side]): void {
  expect(a.versions).toEqual(b.versions)
  for (const { state } of [a, b]) {
    expect(state).toMatchObject({ opened: undefined, answer: undefined, isInBulk: false, isAwaitingChanges: false })
  }
}

/** Sixteen symbols, the first of them with an index. A decoder expects index 0. */
function symbolsFrom(start: number): Uint8Array {
  const symbols = new CodedSymbols()
  symbols.extend(16)
  return encodeSymbols({ setSize: 0, start, symbols })
}

const recordsIn = (transcript: readonly { readonly sent: Sent }[]): number =>
  transcript.reduce((sum, { sent }) => sum + (sent.kind === 'records' ? sent.records.length : 0), 0)

describe('a difference that may be on its way', () => {
  test('is looked for among all records only when it is still there at the third time', () => {
    const [a, b] = reconciled(100)
    a.write('on its way', 0)
    a.step({ kind: 'open' })
    const answers = exchange([a, b], randomOf(1)).flatMap(({ from, sent }) => (from === 1 ? [sent.kind] : []))
    expect(answers.slice(0, 3)).toEqual(['busy', 'busy', 'symbols'])
    expectSettled([a, b])
  })

  test('costs no search when it has come meanwhile', () => {
    const [a, b] = reconciled(100)
    a.write('on its way', 0)
    a.step({ kind: 'open' })
    b.write('on its way', 0)
    const kinds = exchange([a, b], randomOf(1)).map(({ sent }) => sent.kind)
    expect(kinds).not.toContain('symbols')
    expectSettled([a, b])
  })

  test('is looked for at once on a new link, and where the counts are far apart', () => {
    const [a, b] = [new Side(1), new Side(2)]
    a.write('new', 0)
    a.step({ kind: 'open' })
    exchange([a, b], randomOf(1))
    expectSettled([a, b])
    const [c, d] = reconciled(100)
    for (let index = 0; index < 17; index += 1) c.write(`more ${index}`, 0)
    c.step({ kind: 'open' })
    exchange([c, d], randomOf(1))
    expectSettled([c, d])
    expect(c.effects).not.toContain('open-later')
  })
})

describe('two sessions that are joined by arrays', () => {
  test('hold the same afterwards, whatever they held and in whatever order messages and work come', () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < scaled(150, 3000); seed += 1) {
      const random = randomOf(seed)
      const options = { common: 1 + random(600), apartMax: [0, 5, 100, 500][random(4)] ?? 0 }
      const sides = sidesOf(random, { ...options, sliceSteps: [50, 1000, 20_000][random(3)] ?? 50 })
      sides[random(2)]?.step({ kind: 'open' })
      for (const { sent } of exchange(sides, random)) seen.add(sent.kind)
      expectSettled(sides)
    }
    for (const kind of ['open', 'symbols', 'more', 'want', 'all', 'at', 'settled', 'records'])
      expect(seen).toContain(kind)
  })

  test('do the same again from the same start', () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const run = (): unknown => {
        const sides = sidesOf(randomOf(seed), { common: 500, apartMax: 100, sliceSteps: 300 })
        sides[0].step({ kind: 'open' })
        return [exchange(sides, randomOf(seed)), sides.map(({ effects }) => effects)]
      }
      expect(run()).toEqual(run())
    }
  })

  test('send the same however small the slices are, of which there are more then', () => {
    const [whole, sliced] = [Number.POSITIVE_INFINITY, 100].map((sliceSteps) => {
      const sides = sidesOf(randomOf(3), { common: 600, apartMax: 100, sliceSteps })
      sides[0].step({ kind: 'open' })
      const transcript = exchange(sides, () => 0)
      return { transcript, slices: sides[0].effects.filter((kind) => kind === 'work').length }
    })
    expect(sliced?.transcript.map(({ sent }) => sent)).toEqual(whole?.transcript.map(({ sent }) => sent))
    expect(sliced?.slices).toBeGreaterThan(5 * (whole?.slices ?? 0))
  })

  test('that hold the same need two messages', () => {
    const sides = sidesOf(randomOf(1), { common: 100, apartMax: 0 })
    sides[0].step({ kind: 'open' })
    expect(exchange(sides, randomOf(1)).map(({ sent }) => sent.kind)).toEqual(['open', 'at'])
    expectSettled(sides)
  })

  test('find few differences without sending other records', () => {
    const sides = sidesOf(randomOf(1), { common: 600, apartMax: 0 })
    sides[0].write('of a', 0)
    sides[1].write('of b', 0)
    sides[0].step({ kind: 'open' })
    expect(recordsIn(exchange(sides, randomOf(1)))).toBe(2)
    expectSettled(sides)
  })

  test('that have both opened go on once one of them withdraws', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const sides = sidesOf(randomOf(seed), { common: 300, apartMax: 50 })
      for (const side of sides) side.step({ kind: 'open' })
      // The first side drops the open of the second one, as the scheduler of the side that dialed does.
      sides[1].outbox.shift()
      sides[1].step({ kind: 'withdraw' })
      exchange(sides, randomOf(seed))
      expectSettled(sides)
    }
  })

  test('tell each other what has changed since, and nothing else', () => {
    const sides = reconciled(500)
    sides[0].write('key 1', 5)
    sides[0].write('new of a', 0)
    sides[1].write('new of b', 0)
    const { cursor } = sides[0]
    if (cursor) sides[0].step({ kind: 'ask', position: cursor, isInReturn: false })
    const transcript = exchange(sides, randomOf(1))
    expect(transcript.filter(({ sent }) => sent.kind === 'since').map(({ from }) => from)).toEqual([0, 1])
    expect(recordsIn(transcript)).toBeLessThan(5)
    expectSettled(sides)
  })

  test('the side that got all its news from the other one says from where to count', () => {
    const sides = reconciled(50)
    sides[0].write('new', 0)
    sides[0].step({ kind: 'open' })
    const transcript = exchange(sides, randomOf(1))
    expect(transcript.filter(({ sent }) => sent.kind === 'settled').map(({ from }) => from)).toEqual([1])
    expect(sides.map(({ cursor }) => cursor)).toEqual([sides[1].journal.position, sides[0].journal.position])
  })
})

describe('one session', () => {
  test('skips answers to what it did not ask', () => {
    const side = new Side(1)
    side.write('key', 0)
    const messages: ReconciliationMessage[] = [
      { kind: 'all' },
      { kind: 'want', ids: new Uint8Array(80) },
      { kind: 'more', end: 16 },
      { kind: 'symbols', nonce, chunk: symbolsFrom(0) },
      { kind: 'symbols', nonce: undefined, chunk: symbolsFrom(0) },
      { kind: 'at', position: elsewhere },
    ]
    for (const message of messages) side.step({ kind: 'message', message })
    side.work()
    expect(side.outbox).toEqual([])
    expect(side.state).toMatchObject({ opened: undefined, answer: undefined, isInBulk: false })
  })

  test('sends everything after symbols that are out of order', () => {
    const side = new Side(1)
    for (let index = 0; index < 10; index += 1) side.write(`key ${index}`, 0)
    side.step({ kind: 'open' })
    side.step({ kind: 'message', message: { kind: 'symbols', nonce, chunk: symbolsFrom(16) } })
    const effects = side.step({ kind: 'work', steps: Number.POSITIVE_INFINITY })
    const last = { kind: 'at', position: side.journal.position }
    expect(effects).toEqual([
      { kind: 'invalid-symbols' },
      { kind: 'send', message: { kind: 'all' } },
      { kind: 'stream', keys: { allBut: { completeSince: 0, garbageBefore: 0 } }, last },
    ])
    expect(side.state.isInBulk).toBe(true)
  })

  test.each([
    ['symbols that were sent', 16],
    ['more symbols than a search reads', 524_288],
  ])('refuses to send %s', (_, end) => {
    const side = new Side(1)
    side.write('key', 0)
    side.step({ kind: 'message', message: { kind: 'open', position: elsewhere, count: 1, root, nonce, ...plain } })
    side.work()
    expect(side.outbox.map(({ kind }) => kind)).toEqual(['symbols'])
    expect(() => side.step({ kind: 'message', message: { kind: 'more', end } })).toThrow(ProtocolError)
  })

  test('refuses bytes that encode no symbols', () => {
    const side = new Side(1)
    side.step({ kind: 'open' })
    const message = { kind: 'symbols', nonce, chunk: new Uint8Array(0) } as const
    expect(() => side.step({ kind: 'message', message })).toThrow(ProtocolError)
  })

  test('says when the journal does not reach back', () => {
    const side = new Side(1)
    side.write('key', 0)
    const message = { kind: 'since', position: elsewhere, isInReturn: false, isFull: false } as const
    expect(side.step({ kind: 'message', message })).toEqual([{ kind: 'journal-lost' }])
    const reading = { ...side.state, changesEnd: side.journal.position }
    expect(endChanges(reading, false)).toEqual([{ ...reading, changesEnd: undefined }, undefined])
    const end: ReconciliationMessage = { kind: 'at', position: side.journal.position }
    expect(endChanges(reading, true)).toEqual([{ ...reading, changesEnd: undefined }, end])
  })

  test('drops what is under way when it gives up, and can open again', () => {
    const sides = sidesOf(randomOf(4), { common: 300, apartMax: 20 })
    sides[0].step({ kind: 'open' })
    for (const sent of sides[0].outbox.splice(0)) sides[1].receive(sent)
    for (const side of sides) side.step({ kind: 'give-up' })
    for (const side of sides) expect(side.state).toMatchObject({ opened: undefined, answer: undefined })
    sides[1].step({ kind: 'open' })
    exchange(sides, randomOf(4))
    expectSettled(sides)
  })

  test('opens with its position, its number of records, their root and a nonce', () => {
    const [a, b] = [new Side(1), new Side(1)]
    for (const side of [a, b]) {
      side.write('key', 0)
      side.step({ kind: 'open' })
    }
    const [opening] = a.outbox
    expect(opening).toMatchObject({ kind: 'open', position: { epoch: 1, sequence: 1 }, count: 1 })
    expect(b.outbox).toEqual(a.outbox)
  })
})
