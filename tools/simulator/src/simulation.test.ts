import { expect, test } from 'vitest'
import { EventQueue } from './event-queue.ts'
import { Random } from './random.ts'
import { Simulation, simulationStart } from './simulation.ts'

test('events come in the order of their times, and at one time in the order in which they were planned', () => {
  const random = new Random(1)
  const queue = new EventQueue()
  const planned = Array.from({ length: 1000 }, (_, order) => ({
    at: random.integer(0, 50),
    order,
    run: () => undefined,
  }))
  for (const event of planned) queue.push(event)
  const popped = planned.map(() => queue.pop())
  expect(popped).toEqual([...planned].toSorted((x, y) => x.at - y.at || x.order - y.order))
  expect(queue.pop()).toBeUndefined()
  expect(queue.next).toBeUndefined()
})

test('timers run at their times, cancelled ones never, and what is deferred right after the event that deferred it', () => {
  const simulation = new Simulation({ seed: 1 })
  const { environment } = simulation.host('a')
  const seen: string[] = []
  const note = (what: string) => (): void => void seen.push(`${what} at ${environment.monotonicNow()}`)
  environment.setTimer(20, note('second'))
  environment.setTimer(10, () => {
    environment.defer(note('deferred'))
    note('first')()
  })
  const cancel = environment.setTimer(15, note('cancelled'))
  environment.setTimer(10, note('also first'))
  cancel()
  cancel()
  environment.defer(note('at once'))
  simulation.runFor(100)
  expect(seen).toEqual(['at once at 0', 'first at 10', 'deferred at 10', 'also first at 10', 'second at 20'])
  expect(simulation.elapsedMs).toBe(100)
})

test('runUntil stops at the event after which its condition holds, or says that it did not', () => {
  const simulation = new Simulation({ seed: 1 })
  let count = 0
  for (const at of [10, 20, 30]) simulation.at(at, () => (count += 1))
  expect(simulation.runUntil(() => count === 2, 1000)).toBe(true)
  expect(simulation.elapsedMs).toBe(20)
  expect(simulation.runUntil(() => count === 5, 1000)).toBe(false)
  expect(simulation.elapsedMs).toBe(1020)
})

test('a host has a clock of its own; virtual time begins in 2026', () => {
  const simulation = new Simulation({ seed: 1 })
  const [on, off] = [simulation.host('on'), simulation.host('off', { skewMs: -5000 })]
  simulation.runFor(1000)
  expect(on.environment.now()).toBe(simulationStart + 1000)
  expect(off.environment.now()).toBe(simulationStart - 4000)
  off.skewMs = 7
  expect(off.environment.now()).toBe(simulationStart + 1007)
  expect(off.environment.monotonicNow()).toBe(1000)
})

test('nothing runs on a host that has crashed; its name is free for another', () => {
  const simulation = new Simulation({ seed: 1 })
  const host = simulation.host('a')
  let count = 0
  host.environment.setTimer(10, () => (count += 1))
  host.environment.defer(() => (count += 1))
  expect(() => simulation.host('a')).toThrow('There is a host a already.')
  simulation.crash(host)
  const again = simulation.host('a')
  again.environment.setTimer(10, () => (count += 100))
  simulation.runFor(20)
  expect(count).toBe(100)
})

test('the same seed draws the same, another seed something else', () => {
  const draw = (seed: number): unknown => {
    const random = new Random(seed)
    return [
      random.float(),
      random.integer(1, 6),
      random.shuffle([1, 2, 3, 4, 5]),
      random.bytes(4),
      random.pick(['a', 'b']),
    ]
  }
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})

test('an event that takes more processor time than the budget is listed, with its host', () => {
  const simulation = new Simulation({ seed: 1, eventBudgetMs: 100 })
  const [idle, busy] = [simulation.host('idle'), simulation.host('busy')]
  idle.environment.setTimer(10, () => undefined)
  busy.environment.setTimer(20, () => {
    const before = process.cpuUsage()
    // All of it processor time, so that it cannot be too short on a machine that has other work.
    while (process.cpuUsage(before).user < 150_000);
  })
  simulation.runFor(100)
  expect(simulation.overruns).toEqual([{ elapsedMs: 20, host: 'busy', processorMs: expect.any(Number) }])
})

test('a machine that sleeps: its timers and its steady clock stand still, its wall clock does not, and what comes waits', () => {
  const simulation = new Simulation({ seed: 1 })
  const host = simulation.host('laptop')
  const seen: [what: string, elapsedMs: number, steadyMs: number][] = []
  const see = (what: string) => () => seen.push([what, simulation.elapsedMs, host.environment.monotonicNow()])
  host.environment.setTimer(1000, see('timer'))
  const cancel = host.environment.setTimer(1000, see('cancelled'))
  simulation.runFor(400)
  simulation.suspend(host, 20_000)
  simulation.schedule(100, see('first'), host)
  simulation.schedule(200, see('second'), host)
  simulation.runFor(10_000)
  expect([host.environment.monotonicNow(), host.environment.now() - simulation.now]).toEqual([400, 0])
  simulation.runFor(10_100)
  cancel()
  simulation.runFor(10_000)
  expect(seen).toEqual([
    ['first', 20_400, 400],
    ['second', 20_400, 400],
    ['timer', 21_000, 1000],
  ])
})
