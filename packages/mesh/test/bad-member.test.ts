import { BaseSocket } from '@ts2p/base'
import type { Connection } from '@ts2p/base'
import { encodePeers, identityFromSeed, OutgoingEnvelope } from '@ts2p/protocol'
import type { Address } from '@ts2p/protocol'
import type { Host, SimulatedNetwork } from '@ts2p/simulator'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { MeshSocket } from '../src/mesh-socket.ts'
import { createNetwork, meshSubnet, outcomeOf, port, settled, startNode } from './network.test-helper.ts'

const addressOf = (host: string): Address => ({ transport: 'sim', host, port })

/** A socket that shakes hands as it should, and then does what it likes. */
function startLiar(network: SimulatedNetwork, host: Host, advertise: readonly Address[] = []): BaseSocket {
  const { environment } = host
  return new BaseSocket({
    identity: identityFromSeed(environment.randomBytes(32), environment.ed25519),
    subnet: meshSubnet,
    environment,
    transports: [network.transport(host)],
    listen: [{ host: host.name, port }],
    advertise,
  })
}

function dial(network: SimulatedNetwork, from: BaseSocket, to: string): Promise<Connection> {
  const dialed = from.dial(addressOf(to))
  network.simulation.runFor(1000)
  return dialed
}

test('a node that is disconnected does not take the seed with it whose address it has claimed', async () => {
  const network = createNetwork(1)
  const anna = await startNode(network, 'anna', { join: [{ host: 'seed', port }] })
  const liar = startLiar(network, network.simulation.host('liar'), [addressOf('seed')])
  await dial(network, liar, 'anna')
  for (const connection of anna.socket.routingTable?.values() ?? []) anna.socket.disconnect(connection)
  network.simulation.runFor(10_000)
  expect(anna.socket.routingTable).toBeUndefined()
  const seed = await startNode(network, 'seed')
  network.simulation.runFor(60_000)
  await settled()
  expect(anna.socket.routingTable?.has(seed.socket.id)).toBe(true)
})

test.each([
  ['198.51.100.9', '198.51.100.1', ['203.0.113.1']],
  ['10.0.0.9', '10.0.0.1', ['10.0.0.2', '192.168.0.2', '203.0.113.1']],
  ['127.0.0.9', '127.0.0.1', ['10.0.0.2', '127.0.0.2', '127.1', '192.168.0.2', '203.0.113.1']],
])('a neighbor at %s can make a node dial only addresses of no closer network', async (liarAt, nodeAt, dialed) => {
  const network = createNetwork(2)
  const host = network.simulation.host(nodeAt)
  const transport = network.transport(host)
  const dialManager: string[] = []
  const socket = new MeshSocket({
    transports: [{ ...transport, dial: (to, at) => (dialManager.push(to), transport.dial(to, at)) }],
    listen: { host: nodeAt, port },
    environment: host.environment,
    limits: { dialedPerNetworkMax: 100 },
  })
  await socket.listen()
  const liar = startLiar(network, network.simulation.host(liarAt), [addressOf(liarAt)])
  await liar.listen()
  const connected = socket.connect(liarAt, port)
  network.simulation.runFor(1000)
  await connected
  const told = ['127.0.0.2', '10.0.0.2', '192.168.0.2', '203.0.113.1', '127.1']
  const peers = told.map((each, index) => ({ hash: new Uint8Array(32).fill(index + 1), addresses: [addressOf(each)] }))
  for (const connection of liar.connections.values()) connection.send(new OutgoingEnvelope('peers', encodePeers(peers)))
  network.simulation.runFor(60_000)
  expect([...new Set(dialManager)].filter((each) => each !== liarAt).toSorted()).toEqual(dialed)
})

test('a peer behind a trusted proxy does not count as a node of this machine, even if the proxy does', async () => {
  const network = createNetwork(6)
  const host = network.simulation.host('127.0.0.1')
  const transport = network.transport(host)
  const dialManager: string[] = []
  const socket = new MeshSocket({
    transports: [{ ...transport, dial: (to, at) => (dialManager.push(to), transport.dial(to, at)) }],
    listen: { host: '127.0.0.1', port },
    environment: host.environment,
    trustedProxies: ['127.0.0.9'],
  })
  await socket.listen()
  const told = ['127.0.0.2', '203.0.113.1'].map(addressOf)
  const liar = startLiar(network, network.simulation.host('127.0.0.9'), told)
  const connection = await dial(network, liar, '127.0.0.1')
  connection.destroy(new Error('cut'))
  network.simulation.runFor(10_000)
  expect([...new Set(dialManager)]).toEqual(['203.0.113.1'])
})

test('pages find a place beside 24 links of one host', async () => {
  const network = createNetwork(3)
  const server = await startNode(network, 'server')
  const startPage = async (host: Host): Promise<MeshSocket> => {
    const page = new MeshSocket({ transports: [network.transport(host)], environment: host.environment })
    await page.listen()
    outcomeOf(page.connect('server', port))
    network.simulation.runFor(500)
    return page
  }
  const crowd = network.simulation.host('crowd')
  for (let count = 0; count < 26; count += 1) await startPage(crowd)
  expect(server.socket.metrics().leafLinks).toBe(24)
  network.simulation.runFor(600_000)
  const visitors: MeshSocket[] = []
  for (let index = 0; index < 12; index += 1) {
    visitors.push(await startPage(network.simulation.host(`visitor${index}`)))
  }
  expect(visitors.map(({ routingTable }) => routingTable?.size)).toEqual(visitors.map(() => 1))
  network.simulation.runFor(10_000)
  expect(server.socket.metrics().leafLinks).toBe(24)
})

const attempts = scaled(160, 10_000)
test.each(['one identity', 'many identities'])(
  `${attempts} connects of %s: never more links than the limits, and the nodes that were linked for 10 min stay`,
  async (who) => {
    const network = createNetwork(4)
    const server = await startNode(network, 'server', { limits: { exchangeAddressesMax: 0 } })
    const friends = []
    for (let index = 0; index < 8; index += 1) {
      const friend = await startNode(network, `friend${index}`, { limits: { exchangeAddressesMax: 0 } })
      outcomeOf(friend.socket.connect('server', port))
      network.simulation.runFor(1000)
      friends.push(friend)
    }
    network.simulation.runFor(600_000)
    const { coreLinksMax, leafLinksMax } = server.socket.limits
    const same = identityFromSeed(new Uint8Array(32).fill(3), server.host.environment.ed25519)
    for (let count = 0; count < attempts; count += 1) {
      const host = network.simulation.host(`mallory${count}`)
      const { environment } = host
      const attacker = new BaseSocket({
        identity: who === 'one identity' ? same : identityFromSeed(environment.randomBytes(32), environment.ed25519),
        subnet: meshSubnet,
        environment,
        transports: [network.transport(host)],
        advertise: count % 2 === 0 ? [addressOf(host.name)] : [],
      })
      attacker.dial(addressOf('server')).catch(() => undefined)
      if (count % 8 === 0) network.simulation.runFor(100)
      const { coreLinks, leafLinks } = server.socket.metrics()
      expect(coreLinks).toBeLessThanOrEqual(coreLinksMax)
      expect(leafLinks).toBeLessThanOrEqual(leafLinksMax)
    }
    network.simulation.runFor(60_000)
    const linked = friends.filter(({ socket }) => server.socket.routingTable?.has(socket.id))
    expect(linked.length).toBe(friends.length)
  },
)

test('a node whose links break at once is dialed less and less often; a link that lasts is dialed again at once', async () => {
  const network = createNetwork(5)
  const anna = await startNode(network, 'anna', { join: [{ host: 'bert', port }] })
  const bert = startLiar(network, network.simulation.host('bert'), [addressOf('bert')])
  let isRude = true
  let links = 0
  bert.on('link', (connection) => {
    links += 1
    if (isRude) connection.destroy()
  })
  await bert.listen()
  network.simulation.runFor(600_000)
  await settled()
  expect(links).toBeGreaterThan(10)
  expect(links).toBeLessThan(60)
  isRude = false
  network.simulation.runFor(60_000)
  expect(anna.socket.routingTable?.size).toBe(1)
  for (const connection of bert.connections.values()) connection.destroy()
  network.simulation.runFor(2000)
  expect(anna.socket.routingTable?.size).toBe(1)
})
