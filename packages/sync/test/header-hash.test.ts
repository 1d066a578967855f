import { encodeRecords } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { batchOf, neighborMessage, startLiar, storeMessage, wireRecord } from './liar.test-helper.ts'
import { createSigningNetwork, startNetwork } from './network.test-helper.ts'

test('a known batch beside another header hash is not passed on', async () => {
  const network = createSigningNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const { identity, connection } = await startLiar(network, 'a')
  for (let round = 0; round < 3; round += 1) {
    const { now } = network.simulation
    // The first is ahead: a verifies it, and puts it aside. It passes it on with the header hash that it came with.
    const records = [wireRecord(`one${round}`, now + 40_000), wireRecord(`two${round}`, now)]
    connection.send(
      neighborMessage('records', encodeRecords([batchOf(identity, records, { signer: identity, keep: [0] })])),
    )
    network.simulation.runFor(500)
    const { proof, ...second } = batchOf(identity, records, { signer: identity, keep: [1] })
    if (!proof) throw new Error('It is signed.')
    const headerHash = new Uint8Array(32).fill(1)
    connection.send(storeMessage(identity, [{ ...second, proof: { ...proof, headerHash } }], round + 1))
    network.simulation.runFor(500)
  }
  expect([a.routingTable?.has(b.id), b.issues.map(({ code }) => code)]).toEqual([true, ['record-put-aside']])
})
