import { expect, test } from 'vitest'
import { callIsolated, PublicEmitter } from './public-emitter.ts'

interface Events {
  word: [word: string]
  pair: [left: number, right: number]
}

class Speaker extends PublicEmitter<Events> {
  say(word: string): void {
    this.emitIsolated('word', word)
  }

  add(left: number, right: number): void {
    this.emitIsolated('pair', left, right)
  }
}

function createSpeaker(): { speaker: Speaker; reports: string[] } {
  const reports: string[] = []
  return { speaker: new Speaker((error) => reports.push(String(error))), reports }
}

test('listeners hear what is told, in the order in which they came', () => {
  const { speaker } = createSpeaker()
  const heard: string[] = []
  speaker.on('word', (word) => heard.push(`first ${word}`)).on('word', (word) => heard.push(`second ${word}`))
  speaker.on('pair', (left, right) => heard.push(`${left + right}`))
  speaker.say('hello')
  speaker.add(1, 2)
  expect(heard).toEqual(['first hello', 'second hello', '3'])
})

test('a listener that throws is reported, and keeps neither the others nor the caller from going on', () => {
  const { speaker, reports } = createSpeaker()
  const heard: string[] = []
  speaker.on('word', () => {
    throw new Error('broken')
  })
  speaker.on('word', (word) => heard.push(word))
  speaker.say('one')
  speaker.say('two')
  expect(heard).toEqual(['one', 'two'])
  expect(reports).toEqual(['Error: broken', 'Error: broken'])
})

test('a listener whose promise is rejected is reported', async () => {
  const { speaker, reports } = createSpeaker()
  speaker.on('word', async (word) => {
    throw new Error(word)
  })
  speaker.say('late')
  expect(reports).toEqual([])
  await Promise.resolve()
  await Promise.resolve()
  expect(reports).toEqual(['Error: late'])
})

test('once() hears one event, even when it throws, even when it tells again', () => {
  const { speaker, reports } = createSpeaker()
  const heard: string[] = []
  speaker.once('word', (word) => {
    heard.push(word)
    if (word === 'one') speaker.say('inner')
    throw new Error('broken')
  })
  speaker.say('one')
  speaker.say('two')
  expect(heard).toEqual(['one'])
  expect(reports).toEqual(['Error: broken'])
  expect(speaker.listenerCount('word')).toBe(0)
})

test('off() takes a listener of on() and of once() away, and only that one', () => {
  const { speaker } = createSpeaker()
  const heard: string[] = []
  const first = (word: string): number => heard.push(`first ${word}`)
  const second = (word: string): number => heard.push(`second ${word}`)
  const third = (word: string): number => heard.push(`third ${word}`)
  speaker.on('word', first).once('word', second).on('word', third)
  expect(speaker.listenerCount('word')).toBe(3)
  speaker.off('word', first).off('word', second)
  speaker.say('hello')
  expect(heard).toEqual(['third hello'])
})

test('a listener that is taken away while the event is told hears that one still', () => {
  const { speaker } = createSpeaker()
  const heard: string[] = []
  const second = (word: string): number => heard.push(word)
  speaker.on('word', () => speaker.off('word', second)).on('word', second)
  speaker.say('one')
  speaker.say('two')
  expect(heard).toEqual(['one'])
})

test('callIsolated gives back what the function gives, and undefined when it throws', () => {
  const reports: unknown[] = []
  const report = (error: unknown): number => reports.push(error)
  expect(callIsolated(() => 7, report)).toBe(7)
  expect(
    callIsolated((): number => {
      throw new RangeError('no')
    }, report),
  ).toBeUndefined()
  expect(reports).toEqual([new RangeError('no')])
})

test('a signal removes a listener', () => {
  const { speaker } = createSpeaker()
  const heard: string[] = []
  const controller = new AbortController()
  const { signal } = controller
  speaker.on('word', (word) => heard.push(`on ${word}`), { signal })
  speaker.once('word', (word) => heard.push(`once ${word}`), { signal })
  speaker.say('one')
  controller.abort()
  speaker.say('two')
  speaker.on('word', (word) => heard.push(`late ${word}`), { signal })
  speaker.say('three')
  expect(heard).toEqual(['on one', 'once one'])
  expect(speaker.listenerCount('word')).toBe(0)
})

test('a listener that is removed leaves nothing at its signal', () => {
  const { speaker } = createSpeaker()
  const atSignal = new Set<() => void>()
  const signal = {
    aborted: false,
    addEventListener: (_: 'abort', listener: () => void) => void atSignal.add(listener),
    removeEventListener: (_: 'abort', listener: () => void) => void atSignal.delete(listener),
  }
  const listener = (): void => undefined
  speaker.on('word', listener, { signal }).once('word', () => undefined, { signal })
  expect(atSignal.size).toBe(2)
  speaker.say('one')
  expect(atSignal.size).toBe(1)
  speaker.off('word', listener)
  expect(atSignal.size).toBe(0)
})

test('a listener that is no function is refused', () => {
  const { speaker } = createSpeaker()
  // What a caller without types may give.
  expect(() => speaker.on('word', undefined as never)).toThrow(expect.objectContaining({ argument: 'listener' }))
})
