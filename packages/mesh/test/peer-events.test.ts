import { expect, test } from 'vitest'
import { closeIn, connect, createNetwork, startNode } from './network.test-helper.ts'

test("'peer-connect' and 'peer-disconnect' tell of each neighbor, once, when the routing table has or lacks it", async () => {
  const network = createNetwork(1)
  const [a, b, c] = [await startNode(network, 'a'), await startNode(network, 'b'), await startNode(network, 'c')]
  const told: string[] = []
  a.socket.on('connect', () => told.push('connect'))
  a.socket.on('disconnect', () => told.push('disconnect'))
  for (const event of ['peer-connect', 'peer-disconnect'] as const) {
    a.socket.on(event, ({ id }) => {
      told.push(`${event} ${id === b.socket.id ? 'b' : 'c'} ${a.socket.routingTable?.has(id) ?? false}`)
    })
  }
  await connect(network, a.socket, b.name)
  await connect(network, c.socket, a.name)
  await closeIn(network, b.socket)
  await closeIn(network, c.socket)
  expect(told).toEqual([
    ...['peer-connect b true', 'connect', 'peer-connect c true'],
    ...['peer-disconnect b false', 'peer-disconnect c false', 'disconnect'],
  ])
})
