import { expect, test } from 'vitest'
import { runNetwork } from './run-network.ts'
import { describeFault, Summary } from './summary.ts'

test('500 random networks: when the faults stop, every node comes to hold the same', { timeout: 240_000 }, async () => {
  const summary = new Summary()
  for (let seed = 1; seed <= 500; seed++) summary.add(await runNetwork(seed))
  console.log(summary.toString())
  expect(summary.divergent.map(describeFault)).toEqual([])
})

test('a seed makes the same network twice, event by event', async () => {
  for (const seed of [3, 14, 159]) {
    const [first, again] = [await runNetwork(seed), await runNetwork(seed)]
    expect(again).toEqual(first)
  }
})

test('another seed makes another network', async () => {
  const [one, other] = [await runNetwork(1), await runNetwork(2)]
  expect(other.trace).not.toBe(one.trace)
})

test('all that happens can be read, and reading changes nothing', async () => {
  const lines: string[] = []
  const read = await runNetwork(3, { print: (line) => lines.push(line) })
  expect(read.trace).toBe((await runNetwork(3)).trace)
  expect(lines.some((line) => / n\d set /.test(line))).toBe(true)
  expect(lines.some((line) => / n\d hears /.test(line))).toBe(true)
})
