import { nodeIdFromHash } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { createNetwork, nodeIn, startChain } from './network.test-helper.ts'
import { Routes } from '../src/direct/routes.ts'

test('of more than 4,096 routes, those of nodes that have said nothing for longest are forgotten', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b'])
  const { id } = nodeIn(nodes, 'b').socket
  const routes = new Routes((linked) => (linked === id ? nodeIn(nodes, 'a').socket.routingTable?.get(id) : undefined))
  const nodeIds = Array.from({ length: 4097 }, () => nodeIdFromHash(network.simulation.random.bytes(32)))
  const [first, second, ...others] = nodeIds
  if (!first || !second) throw new Error('There are two.')
  for (const each of [first, second, ...others.slice(1)]) routes.learn(each, id)
  routes.learn(first, id)
  for (const each of others.slice(0, 1)) routes.learn(each, id)
  expect([first, second].map((each) => routes.linkTo(each)?.id)).toEqual([id, undefined])
})
