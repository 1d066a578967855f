import { expect, test } from 'vitest'
import { createNetwork, nodeIn, received, startTopology } from './network.test-helper.ts'

/** A budget of 476 messages, and 47 a second. */
const limits = { workPerSecond: 2000 }

test('what a source sent beyond its budget is asked for later, a few at a time, and all of it comes, the last message included', async () => {
  const network = createNetwork(1)
  const nodes = await startTopology(network, ['loud', 'a'], [['a', 'loud']], { limits })
  const [loud, a] = [nodeIn(nodes, 'loud'), nodeIn(nodes, 'a')]
  network.simulation.runFor(1000)
  const sent = Array.from({ length: 800 }, (_, index) => String(index))
  for (const text of sent) {
    loud.socket.send([text])
    network.simulation.runFor(1)
  }
  network.simulation.runFor(1000)
  const early = received(a)
  expect(early.length).toBeGreaterThan(450)
  expect(early.length).toBeLessThan(600)
  expect(a.socket.issues.map(({ code }) => code)).toEqual(['source-over-budget'])
  const before = loud.socket.metrics().payloadSent
  network.simulation.runFor(30_000)
  expect([...early, ...received(a)].toSorted()).toEqual(sent.toSorted())
  expect(loud.socket.metrics().payloadSent - before).toBeLessThan(2 * (sent.length - early.length))
})
