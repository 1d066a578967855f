import { ArgumentError, RefusedError } from '@ts2p/base'
import type { BaseHandler, BaseSocketOptions } from '@ts2p/base'
import { createSubnet, protocolVersion } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { addressOf, bytes, createNetwork, createNode, dial, helloFrame } from './base-nodes.test-helper.ts'
import { startNode, startPair, startStranger } from './base-nodes.test-helper.ts'

test('anna dials bert: both are linked, and bytes go both ways', async () => {
  const network = createNetwork(1)
  const { anna, bert, connection } = await startPair(network)
  expect(connection.id).toBe(bert.socket.identity.id)
  expect(connection.peer.addresses).toEqual([addressOf('bert')])
  expect([...anna.socket.connections.values()]).toEqual([connection])
  expect([...bert.socket.connections.keys()]).toEqual([anna.socket.identity.id])
  expect(anna.socket.send(bert.socket.identity.id, bytes('hello bert'))).toBe(true)
  expect(bert.socket.send(anna.socket.identity.id, bytes('hello anna'))).toBe(true)
  network.simulation.runFor(100)
  expect([anna.events, bert.events]).toEqual([['link dialed'], ['link accepted']])
  expect([anna.messages, bert.messages]).toEqual([['hello anna'], ['hello bert']])
})

test('bytes for a node that is not linked are not sent, and send() says so', async () => {
  const network = createNetwork(1)
  const [anna, bert] = [await startNode(network, 'anna'), await startNode(network, 'bert')]
  expect(anna.socket.send(bert.socket.identity.id, bytes('hello'))).toBe(false)
})

async function refusalBetween(
  ofAnna: Partial<BaseSocketOptions>,
  ofBert: Partial<BaseSocketOptions>,
): Promise<{ error: unknown; told: string[][] }> {
  const network = createNetwork(1)
  const [anna, bert] = [await startNode(network, 'anna', ofAnna), await startNode(network, 'bert', ofBert)]
  const error: unknown = await dial(network, anna, 'bert').catch((reason: unknown) => reason)
  network.simulation.runFor(60_000)
  expect([anna.socket.connections.size, bert.socket.connections.size]).toEqual([0, 0])
  expect(error).toBeInstanceOf(RefusedError)
  return { error, told: [anna.events, bert.events] }
}

test.each([
  ['description', { description: 'dogs' }, 'the subnet descriptions differ'],
  ['terms', { terms: [{ name: 'toy.rules', value: '1' }] }, 'toy.rules is absent here and 1 there'],
] as const)('a node of another subnet, by %s, is refused on both sides', async (_, change, difference) => {
  const dogs = createSubnet({ description: 'cats', security: 'plaintext', ...change })
  const { error, told } = await refusalBetween({}, { subnet: dogs })
  expect(error).toMatchObject({ code: 'REFUSED_ANOTHER_SUBNET', difference })
  expect(String(error)).toContain(`it is on another subnet: ${difference}. Give both nodes the same options`)
  for (const events of told) expect(events).toEqual([expect.stringMatching(/^refused another-subnet by (us|them)$/)])
})

test('a transport of another security than the subnet is refused at construction, and so is none', () => {
  const network = createNetwork(1)
  const host = network.simulation.host('anna')
  const overTls = { host, transports: [network.transport(host, { security: 'tls' })] }
  expect(() => createNode(network, 'anna', overTls)).toThrow(ArgumentError)
  expect(() => createNode(network, 'anna', overTls)).toThrow("of the subnet's security, plaintext")
  expect(() => createNode(network, 'anna', { host, transports: [] })).toThrow('at least one transport')
})

test.each([
  [{ version: 99 }, `version ${protocolVersion} here and 99 there`],
  [{ requiredFeatures: [77] }, 'it requires feature 77'],
])('a node of another version is refused, and hears why: %o', async (change, difference) => {
  const network = createNetwork(1)
  const bert = await startNode(network, 'bert')
  const errors: RefusedError[] = []
  bert.socket.on('refused', (error) => errors.push(error))
  const stranger = startStranger(network, network.simulation.host('future'), 'bert', helloFrame(change))
  network.simulation.runFor(1000)
  expect(stranger.heard).toMatchObject([{ kind: 'hello' }, { kind: 'decision', refusal: 'another-version' }])
  expect(stranger.endedAt).toBeDefined()
  expect(errors).toMatchObject([{ code: 'REFUSED_ANOTHER_VERSION', refusedBy: 'us', difference }])
  expect(String(errors[0])).toContain('Refused the node at future: it speaks another version of the protocol')
})

test('a node that dials its own address is told that it is its own', async () => {
  const network = createNetwork(1)
  const anna = await startNode(network, 'anna')
  await expect(dial(network, anna, 'anna')).rejects.toMatchObject({
    code: 'REFUSED_ONESELF',
    message: expect.stringContaining("that address is this node's own. Dial another node."),
  })
  expect(anna.events.length).toBe(2)
  expect(anna.socket.connections.size).toBe(0)
})

test('a second link between two nodes is refused, from either side; the first stays', async () => {
  const network = createNetwork(1)
  const { anna, bert, connection } = await startPair(network)
  await expect(dial(network, anna, 'bert')).rejects.toMatchObject({
    code: 'REFUSED_DUPLICATE_LINK',
    peerId: bert.socket.identity.id,
    message: expect.stringContaining('the two nodes are linked already. Use the link that there is.'),
  })
  await expect(dial(network, bert, 'anna')).rejects.toMatchObject({ code: 'REFUSED_DUPLICATE_LINK' })
  expect([...anna.socket.connections.values()]).toEqual([connection])
  for (const { events } of [anna, bert]) {
    expect(events.slice(1)).toEqual([expect.stringMatching('duplicate-link'), expect.stringMatching('duplicate-link')])
  }
})

test('a node that is full says so, and whom to try instead', async () => {
  const network = createNetwork(1)
  const errors: RefusedError[] = []
  const nothing = (): void => undefined
  const handler: BaseHandler = {
    onLink: nothing,
    onUnlink: nothing,
    onMessage: nothing,
    onWritable: nothing,
    onRefused: (error) => errors.push(error),
    onDialFailed: nothing,
    onMaintenance: nothing,
    peerHints: () => [addressOf('dora')],
  }
  await startNode(network, 'bert', { limits: { peersMax: 1 } }, handler)
  const [anna, carl] = [await startNode(network, 'anna'), await startNode(network, 'carl')]
  await dial(network, anna, 'bert')
  await expect(dial(network, carl, 'bert')).rejects.toMatchObject({
    code: 'REFUSED_FULL',
    refusedBy: 'them',
    peerHints: [addressOf('dora')],
    message:
      'The node at sim://bert:4444 refused: it has as many peers as it takes. Dial another node, or raise the limit peersMax.',
  })
  expect(errors).toMatchObject([{ code: 'REFUSED_FULL', refusedBy: 'us', address: 'carl', peerHints: [] }])
  expect(carl.events).toEqual(['refused full by them'])
})

test("whom the other's rule does not admit, is refused; the rule knows the id and the host", async () => {
  const asked: string[] = []
  const allow: BaseSocketOptions['allow'] = ({ id, host }) => asked.push(`${id.length > 40} ${host}`) < 0
  const { error, told } = await refusalBetween({}, { allow })
  expect(error).toMatchObject({ code: 'REFUSED_NOT_ALLOWED', refusedBy: 'them' })
  expect(String(error)).toContain("Ask its operator to admit this node's id.")
  expect(told).toEqual([['refused not-allowed by them'], ['refused not-allowed by us']])
  expect(asked).toEqual(['true anna'])
})

test.each([
  [
    'throws',
    (): boolean => {
      throw new Error('no list of guests')
    },
    'no list of guests',
  ],
  ['returns a promise', (() => Promise.resolve(false)) as unknown as () => boolean, 'must be true or false'],
])('a rule that %s admits nobody: both sides are told, and the status says why', async (_, allow, reason) => {
  const network = createNetwork(1)
  const [anna, bert] = [await startNode(network, 'anna'), await startNode(network, 'bert', { allow })]
  await expect(dial(network, anna, 'bert')).rejects.toMatchObject({ code: 'REFUSED_NOT_ALLOWED' })
  expect(bert.socket.connections.size).toBe(0)
  expect(bert.events).toEqual(['refused not-allowed by us'])
  expect(bert.socket.issues).toEqual([expect.objectContaining({ message: expect.stringContaining(reason) })])
})
