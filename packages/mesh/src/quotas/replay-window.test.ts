import { expect, test } from 'vitest'
import { ReplayWindow } from './replay-window.ts'

function signatureOf(number: number): Uint8Array {
  const signature = new Uint8Array(64)
  new DataView(signature.buffer).setUint32(0, number)
  return signature
}

test('what has come, or was signed before all that is remembered, is a repetition', () => {
  const replayWindow = new ReplayWindow<string>(1000)
  const add = (time: number): boolean =>
    replayWindow.add('a', { signature: signatureOf(time), time, link: 'link', now: 0 })
  const mayBeNew = (time: number): boolean => replayWindow.mayBeNew('a', signatureOf(time), time)
  expect([add(10), add(12)]).toEqual([true, true])
  expect([10, 11, 12, 13].map(mayBeNew)).toEqual([false, true, false, true])
  for (let time = 100; time < 300; time += 1) add(time)
  expect([10, 11, 170, 172, 299, 300].map(mayBeNew)).toEqual([false, false, false, false, false, true])
  expect(replayWindow.mayBeNew('b', signatureOf(10), 10)).toBe(true)
})

test('a link brings a thousand streams a minute at most, and those of others are not forgotten for them', () => {
  const replayWindow = new ReplayWindow<string>(1000)
  const add = (stream: string, link: string): boolean =>
    replayWindow.add(stream, { signature: signatureOf(1), time: 1, link, now: 0 })
  expect(add('real', 'honest')).toBe(true)
  const added = Array.from({ length: 2000 }, (_, index) => add(`invented ${index}`, 'liar'))
  expect(added.filter(Boolean).length).toBe(1024)
  expect(replayWindow.mayBeNew('real', signatureOf(1), 1)).toBe(false)
  expect(add('another', 'honest')).toBe(true)
})
