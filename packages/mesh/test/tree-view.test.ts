import { expect, test } from 'vitest'
import { createNetwork, startNetwork } from './network.test-helper.ts'

test('each link of a node is, for each source, the parent, eager or lazy; and both ends of an eager link agree', async () => {
  const network = createNetwork(501)
  const nodes = await startNetwork(network, 12)
  network.simulation.runFor(20_000)
  const [, , speaker] = nodes
  if (!speaker) throw new Error('There are twelve nodes.')
  for (let index = 0; index < 10; index++) {
    speaker.socket.send([`${index}`])
    network.simulation.runFor(1000)
  }
  const views = new Map(
    nodes.map(({ socket }) => [socket.id, socket.trees().find(({ source }) => source === speaker.socket.id)]),
  )
  for (const { socket } of nodes) {
    const view = views.get(socket.id)
    const parents = view?.parent === undefined ? [] : [view.parent]
    expect([...parents, ...(view?.eager ?? []), ...(view?.lazy ?? [])].toSorted()).toEqual(
      [...(socket.routingTable?.keys() ?? [])].toSorted(),
    )
    expect(parents.length).toBe(socket === speaker.socket ? 0 : 1)
    for (const parent of parents) expect(views.get(parent)?.eager).toContain(socket.id)
  }
  // The tree has one eager link for each node but the speaker, and there are lazy ones beside it.
  expect([...views.values()].reduce((sum, view) => sum + (view?.eager.length ?? 0), 0)).toBe(nodes.length - 1)
  expect([...views.values()].some((view) => (view?.lazy.length ?? 0) > 0)).toBe(true)
})
