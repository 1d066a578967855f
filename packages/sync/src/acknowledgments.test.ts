import { expect, test } from 'vitest'
import {
  connect,
  createNetwork,
  outcomeOf,
  settled,
  startApart,
  startNetwork,
  startNode,
} from './network.test-helper.ts'

test('two neighbours hold what was set: the wait ends with their word, and not before it could have come', async () => {
  const network = createNetwork(1)
  const { anna } = await startNetwork(network, ['anna', 'bert', 'cleo'])
  const outcome = outcomeOf(
    anna
      .set('key', 'value')
      .replicated('key', { replicas: 2 })
      .then(() => 'held'),
  )
  await settled()
  expect(outcome.value).toBeUndefined()
  network.simulation.runFor(1000)
  await settled()
  expect(outcome.value).toBe('held')
})

test('alone, nobody holds it, and it says how many do', async () => {
  const network = createNetwork(2)
  const { anna } = await startApart(network, ['anna'])
  const outcome = outcomeOf(anna.set('key', 'value').replicated('key', { timeoutMs: 3000 }))
  network.simulation.runFor(2999)
  await settled()
  expect(outcome.error).toBeUndefined()
  network.simulation.runFor(1)
  await settled()
  expect(outcome.error).toMatchObject({ code: 'REPLICAS_MISSING', replicas: 1, found: 0 })
  expect(anna.get('key')).toBe('value')
})

test('a neighbour that comes later counts, once it has it', async () => {
  const network = createNetwork(3)
  const { anna, bert } = await startApart(network, ['anna', 'bert'])
  const outcome = outcomeOf(
    anna
      .set('key', 'value')
      .replicated('key')
      .then(() => 'held'),
  )
  network.simulation.runFor(1000)
  void bert.connect('anna', 4444)
  network.simulation.runFor(3000)
  await settled()
  expect(outcome.value).toBe('held')
  expect(bert.get('key')).toBe('value')
})

test('a deletion too can be waited for', async () => {
  const network = createNetwork(4)
  const { anna, bert } = await startNetwork(network, ['anna', 'bert'])
  anna.set('key', 'value')
  network.simulation.runFor(1000)
  anna.del('key')
  const outcome = outcomeOf(anna.replicated('key').then(() => 'held'))
  network.simulation.runFor(1000)
  await settled()
  expect([outcome.value, bert.has('key')]).toEqual(['held', false])
})

test('what is no number of neighbours, and no time, is refused with an ArgumentError', async () => {
  const { anna } = await startApart(createNetwork(3), ['anna'])
  for (const replicas of [0, -1, 1.5, Number.NaN])
    await expect(anna.replicated('key', { replicas })).rejects.toMatchObject({ code: 'ARGUMENT', argument: 'replicas' })
  for (const timeoutMs of [0, Number.NaN, Number.POSITIVE_INFINITY])
    await expect(anna.replicated('key', { timeoutMs })).rejects.toMatchObject({
      code: 'ARGUMENT',
      argument: 'timeoutMs',
    })
})

test('a neighbour that keeps a claim, and knows that another has the key, does not say that it holds it', async () => {
  const network = createNetwork(5)
  const [anna, bert] = [await startNode(network, 'anna'), await startNode(network, 'bert')]
  await connect(network, bert.socket, 'anna')
  // Apart, both claim it; bert later. Then bert is heard of, and has not heard of anna's claim yet.
  network.partition([[anna.host], [bert.host]])
  anna.socket.set('key', 'earlier')
  network.simulation.runFor(3000)
  bert.socket.set('key', 'later')
  network.simulation.runFor(1000)
  network.heal()
  const replicated = bert.socket.set('key', 'later still').replicated('key', { timeoutMs: 60_000 })
  const outcome = outcomeOf(replicated.then(() => bert.socket.get('key')))
  for (let second = 0; second < 60; second++) {
    network.simulation.runFor(1000)
    await settled()
  }
  expect(outcome.value).toBe('earlier')
})
