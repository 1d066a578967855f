import { expect, test } from 'vitest'
import { HostRates } from './host-rates.ts'

const limits = { messagesPerSecond: 100, bytesPerSecond: 1000, workPerSecond: 10_000, burstSeconds: 2 }

test('a host that dials again goes on with what its last link has left, and is refused if that is nothing', () => {
  const rates = new HostRates(limits)
  const first = rates.open('liar', 0)
  expect(first).toEqual({ messages: 200, bytes: 2000, work: 18_000, filledAt: 0 })
  rates.add('liar', { messages: 100, bytes: 2000, work: -5000, filledAt: 0 }, 0)
  expect(rates.open('liar', 0)).toBeUndefined()
  expect(rates.open('liar', 500)).toBeUndefined()
  expect(rates.open('liar', 1000)).toEqual({ messages: 200, bytes: 2000, work: 3000, filledAt: 1000 })
  expect(rates.open('another', 0)).toEqual(first)
})

test('links that a host dials at the same time are counted together', () => {
  const rates = new HostRates(limits)
  const opened = Array.from({ length: 20 }, () => rates.open('crowd', 0))
  expect(opened.filter((rate) => rate !== undefined).length).toBe(10)
  rates.add('crowd', { messages: 200, bytes: 2000, work: 20_000, filledAt: 0 }, 0)
  expect(rates.open('crowd', 0)).toBeUndefined()
  expect(rates.open('crowd', 1000)?.work).toBe(8000)
})

test('what no honest node sends costs its host more than a handshake', () => {
  const rates = new HostRates(limits)
  rates.open('liar', 0)
  rates.punish('liar', 0)
  expect(rates.open('liar', 0)).toBeUndefined()
  expect(rates.open('liar', 1000)?.work).toBe(6000)
})
