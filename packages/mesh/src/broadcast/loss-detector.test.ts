import { Simulation } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { LossDetector } from './loss-detector.ts'
import { Sources } from './sources.ts'
import { gapsMax } from './sequence-set.ts'

/** A node that has just joined and knows one source. */
function start() {
  const simulation = new Simulation({ seed: 1 })
  const { environment } = simulation.host('a')
  const sources = new Sources<string>({ sourcesMax: 4, key: new Uint8Array(32), epoch: 1 })
  const { source } = sources.getOrCreate(new Uint8Array(32).fill(1), 1, 'link', 0)
  const reported: (readonly string[])[] = []
  const losses = new LossDetector({
    ...{ sources, environment, repairMs: 60_000, memberForMs: () => environment.monotonicNow() },
    report: (code, sentence) => void reported.push([code, /messages (\d+ to \d+)/.exec(sentence)?.[1] ?? sentence]),
  })
  const receive = (...sequences: number[]): void => {
    for (const first of sequences) {
      source.received.add({ first, last: first }, environment.monotonicNow())
      losses.check(source)
    }
  }
  return { simulation, source, reported, losses, receive }
}

test('a gap that nobody fills is given up and reported after two minutes, though nothing more comes', () => {
  const { simulation, source, reported, receive } = start()
  receive(1)
  simulation.runFor(60_000)
  receive(5)
  simulation.runFor(119_000)
  expect([source.received.gapCount, reported]).toEqual([1, []])
  simulation.runFor(6000)
  expect([source.received.gapCount, reported]).toEqual([0, [['broadcasts-lost', '2 to 4']]])
})

test('what may have been sent before the node joined is given up as well, and not reported', () => {
  const { simulation, source, reported, receive } = start()
  receive(1, 5)
  simulation.runFor(59_000)
  receive(9)
  simulation.runFor(1000)
  receive(20)
  simulation.runFor(130_000)
  expect([source.received.gapCount, reported]).toEqual([0, [['broadcasts-lost', '10 to 19']]])
})

test('the lowest of too many gaps is reported at once', () => {
  const { simulation, source, reported, receive } = start()
  simulation.runFor(60_000)
  receive(...Array.from({ length: gapsMax + 2 }, (_, index) => 1 + 10 * index))
  expect([source.received.gapCount, reported]).toEqual([gapsMax, [['broadcasts-lost', '2 to 10']]])
})

test('a closed detector has no timer', () => {
  const { simulation, source, reported, losses, receive } = start()
  simulation.runFor(60_000)
  receive(1, 5)
  losses.close()
  receive(9)
  simulation.runFor(300_000)
  expect([source.received.gapCount, reported]).toEqual([2, []])
})
