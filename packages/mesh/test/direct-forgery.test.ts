import { BaseSocket } from '@ts2p/base'
import type { Connection } from '@ts2p/base'
import {
  bytesFromText,
  directHeaderHash,
  encodeDirect,
  encodeDirectContent,
  hashFromNodeId,
  identityFromSeed,
  OutgoingEnvelope,
  PacketLists,
  portableSha256,
  signedMessage,
} from '@ts2p/protocol'
import type { Direct, OwnIdentity } from '@ts2p/protocol'
import { simulationStart } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { createNetwork, meshSubnet, nodeIn, port, received, settled, startChain } from './network.test-helper.ts'

const contentOf = (text: string): Uint8Array =>
  encodeDirectContent({
    ...{ epoch: 1, first: 1, oldest: 1, messages: PacketLists.of([[bytesFromText('type'), bytesFromText(text)]]) },
    ...{ kinds: [], answered: undefined, isProbe: false },
  })
const directOf = (source: Uint8Array, target: Uint8Array, text: string): Direct => ({
  ...{ source, target, time: simulationStart + 2000, hopsLeft: 32, content: contentOf(text), contentHash: undefined },
  ...{ acknowledgment: new Uint8Array(0), signature: undefined, dropped: undefined },
})
const sign = (identity: OwnIdentity, direct: Direct): Uint8Array =>
  identity.sign(
    signedMessage({
      networkId: meshSubnet.hash,
      headerHash: directHeaderHash(direct, portableSha256),
      statement: new Uint8Array(0),
    }),
  )

async function start() {
  const network = createNetwork(1)
  const chain = await startChain(network, ['a', 'b', 'c'])
  const host = network.simulation.host('member')
  const member = identityFromSeed(host.environment.randomBytes(32), host.environment.ed25519)
  const socket = new BaseSocket({
    identity: member,
    subnet: meshSubnet,
    environment: host.environment,
    transports: [network.transport(host)],
  })
  const dialed = socket.dial({ transport: 'sim', host: 'a', port })
  network.simulation.runFor(1000)
  const connection: Connection = await dialed
  const [a, b, c] = ['a', 'b', 'c'].map((name) => nodeIn(chain, name)) as [
    ReturnType<typeof nodeIn>,
    ReturnType<typeof nodeIn>,
    ReturnType<typeof nodeIn>,
  ]
  c.socket.send(['the way'])
  network.simulation.runFor(1000)
  received(a)
  return { network, a, b, c, member, connection, ed25519: host.environment.ed25519 }
}

test('a content beside the hash of the content that was signed is refused', async () => {
  const { network, a, connection, ed25519 } = await start()
  const victim = identityFromSeed(new Uint8Array(32).fill(7), ed25519)
  const direct = directOf(victim.key, connection.peer.hash, 'real')
  const signature = sign(victim, direct)
  const forged = { ...direct, signature, content: contentOf('lie'), contentHash: portableSha256(direct.content) }
  connection.send(new OutgoingEnvelope('forward', encodeDirect(forged)))
  network.simulation.runFor(1000)
  await settled()
  expect(received(a)).toEqual([])
})

test('an unsigned message of a neighbor costs the relay no link', async () => {
  const { network, a, b, c, member, connection } = await start()
  let lost = 0
  b.socket.on('peer-disconnect', () => (lost += 1))
  connection.send(new OutgoingEnvelope('forward', encodeDirect(directOf(member.key, hashFromNodeId(c.socket.id), 'x'))))
  network.simulation.runFor(500)
  await settled()
  expect([lost, a.socket.routingTable?.has(member.id)]).toEqual([0, false])
})
