import { BaseSocket } from '@ts2p/base'
import type { Connection } from '@ts2p/base'
import {
  bytesFromText,
  decodeBroadcast,
  encodeBroadcast,
  encodePackets,
  identityFromSeed,
  OutgoingEnvelope,
  PacketLists,
} from '@ts2p/protocol'
import type { Flag, Broadcast, OwnIdentity } from '@ts2p/protocol'
import { quickSignatures, signedBroadcast, simulationStart } from '@ts2p/simulator'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { describe, expect, test } from 'vitest'
import { createNetwork, meshSubnet, nodeIn, port, received, settled, startChain } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

const victim = identityFromSeed(new Uint8Array(32).fill(7), quickSignatures)

/** Two nodes in a row, and a member that is linked with the first one and says what it likes. */
interface Setting {
  readonly network: SimulatedNetwork
  readonly a: Node
  readonly b: Node
  readonly member: OwnIdentity
  readonly connection: Connection
}

async function start(): Promise<Setting> {
  const network = createNetwork(1)
  const chain = await startChain(network, ['a', 'b'])
  const host = network.simulation.host('member')
  const member = identityFromSeed(host.environment.randomBytes(32), host.environment.ed25519)
  const transports = [network.transport(host)]
  const socket = new BaseSocket({ identity: member, subnet: meshSubnet, environment: host.environment, transports })
  const dialed = socket.dial({ transport: 'sim', host: 'a', port })
  network.simulation.runFor(1000)
  return { network, a: nodeIn(chain, 'a'), b: nodeIn(chain, 'b'), member, connection: await dialed }
}

async function send({ network, connection }: Setting, payload: Uint8Array, flag: Flag = 'broadcast'): Promise<void> {
  connection.send(new OutgoingEnvelope(flag, payload))
  network.simulation.runFor(1000)
  await settled()
}

function contentOf(text: string): Uint8Array {
  return encodePackets(PacketLists.of([[bytesFromText('broadcast'), bytesFromText(text)]]))
}

/** A broadcast of the victim, which it has signed. @param ageMs how long ago */
function genuine(text: string, sequence = 1, networkId = meshSubnet.hash, ageMs = 0): Uint8Array {
  const time = simulationStart - ageMs
  return signedBroadcast(victim, networkId, { epoch: 1, sequence, time, content: contentOf(text) })
}

function changed(change: Partial<Broadcast>): Uint8Array {
  return encodeBroadcast({ ...decodeBroadcast(genuine('real')), ...change })
}

describe('a broadcast that its source has not signed', () => {
  const { id } = decodeBroadcast(genuine('real'))
  const forgeries: [name: string, payload: Uint8Array, flag?: Flag][] = [
    ['no signature', changed({ signature: undefined })],
    ['another content', changed({ content: contentOf('lie') })],
    ['another sequence', changed({ id: { ...id, sequence: 4_000_000_000 } })],
    ['another epoch', changed({ id: { ...id, epoch: 2 } })],
    ['another time', changed({ time: simulationStart + 1 })],
    ['another source', changed({ id: { ...id, source: new Uint8Array(32).fill(9) } })],
    ['a statement', changed({ statement: Uint8Array.of(1) })],
    ['another network', genuine('real', 1, new Uint8Array(32))],
    ['another flag', genuine('real'), 'response'],
  ]
  test.each(forgeries)('closes the link, and takes the number of none: %s', async (_, payload, flag) => {
    const setting = await start()
    const { network, a, b, member } = setting
    await send(setting, payload, flag)
    expect(a.socket.routingTable?.has(member.id)).toBe(false)
    expect([received(a), received(b), b.socket.routingTable?.size]).toEqual([[], [], 1])
    expect(a.socket.trees().map(({ source }) => source)).not.toContain(victim.id)
    const host = network.simulation.host('victim')
    const transports = [network.transport(host)]
    const again = new BaseSocket({ identity: victim, subnet: meshSubnet, environment: host.environment, transports })
    const dialed = again.dial({ transport: 'sim', host: 'a', port })
    network.simulation.runFor(1000)
    await send({ ...setting, connection: await dialed }, genuine('real'))
    expect([received(a), received(b)]).toEqual([['real'], ['real']])
  })
})

test('a forged copy of a message that came before does no harm', async () => {
  const setting = await start()
  const { a, b, member } = setting
  await send(setting, genuine('real'))
  await send(setting, changed({ content: contentOf('lie') }))
  expect([received(a), received(b)]).toEqual([['real'], ['real']])
  expect(a.socket.routingTable?.has(member.id)).toBe(true)
})

test('the first message of a source is dropped and reported if it is more than 5 min old, and the link stays', async () => {
  const setting = await start()
  const { a, b, member } = setting
  await send(setting, genuine('old', 1, meshSubnet.hash, 310_000))
  expect([received(a), received(b)]).toEqual([[], []])
  expect(a.socket.issues.map(({ code }) => code)).toEqual(['stale-broadcast'])
  expect(a.socket.routingTable?.has(member.id)).toBe(true)
  await send(setting, genuine('new', 2))
  await send(setting, genuine('newer', 4))
  // What is below the first that came may be a repetition, too; what is above it fills a gap.
  await send(setting, genuine('old', 1, meshSubnet.hash, 310_000))
  await send(setting, genuine('late', 3, meshSubnet.hash, 310_000))
  const heard = ['new', 'newer', 'late']
  expect([received(a), received(b)]).toEqual([heard, heard])
})

test('of the 1024 new sources that a link may bring in a minute more are dropped, and reported', async () => {
  const setting = await start()
  const { network, a, connection } = setting
  const content = contentOf('x')
  for (let epoch = 1; epoch <= 1300; epoch += 1) {
    const header = { epoch, sequence: 1, time: simulationStart, content }
    connection.send(new OutgoingEnvelope('broadcast', signedBroadcast(victim, meshSubnet.hash, header)))
    // Not so fast that they cost more than they may.
    if (epoch % 100 === 0) network.simulation.runFor(1000)
  }
  network.simulation.runFor(2000)
  await settled()
  const heard = received(a).length
  expect(heard).toBeGreaterThanOrEqual(1024)
  expect(heard).toBeLessThan(1024 + (1024 * 15) / 60)
  expect(a.socket.issues.map(({ code }) => code)).toEqual(['too-many-sources'])
})
