import { expect, test } from 'vitest'
import { createDictionary, createNetwork, listening, pass, port } from './simulated.test-helper.ts'

test('a socket with the names of js2p keeps its leases when it is closed', async () => {
  const network = createNetwork(1)
  const [anna, bert] = [createDictionary(network, 'anna'), createDictionary(network, 'bert')]
  await listening(network, anna, bert)
  await Promise.all([anna.connect('bert', port), pass(network, 200)])
  anna.set('key', 'of anna')
  await pass(network, 100)
  await Promise.all([anna.close(), pass(network, 1000)])
  expect(() => bert.set('key', 'of bert')).toThrow(expect.objectContaining({ code: 'LEASE_HELD', owner: anna.id }))
  await pass(network, 3_602_000)
  bert.set('key', 'of bert')
})
