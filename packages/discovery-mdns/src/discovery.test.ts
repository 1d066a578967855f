import { ClosedError } from '@ts2p/base'
import { createSubnet, identityFromSeed } from '@ts2p/protocol'
import fc from 'fast-check'
import { scaled } from '@ts2p/test-config/scaled'
import { describe, expect, test } from 'vitest'
import { discoverLocally } from './discover-locally.ts'
import { lazyPushOf, serviceListName, serviceName } from './packets/announcement.ts'
import { linksOf, LocalNodes, partsOf } from './local-nodes.test-helper.ts'
import type { TestNode } from './local-nodes.test-helper.ts'
import { encode, interfacesOf } from './memory-group.test-helper.ts'

const subnet = createSubnet({
  ...{ description: 'mesh', security: 'plaintext' },
  terms: [{ name: 'mesh.signing', value: 'on' }],
})

/** An id that nobody has. */
function strangerId(number: number): string {
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setUint32(0, number)
  return identityFromSeed(seed).id
}

/** The bytes by which a node that listens on an address announces itself. */
function announcementFrom(source: string, id: string, port = 4444, lifetime?: number): Uint8Array {
  const addresses = [{ transport: 'sim', host: source, port }]
  const [packet] = lazyPushOf({ id, subnet, addresses }, interfacesOf(source), lifetime)
  if (!packet) throw new Error('There was to be one packet.')
  return encode(packet)
}

/** Notes whom a node dials by `connect`, and how many at once. */
function countDialManager({ socket }: TestNode): { readonly hosts: string[]; readonly atOnce: number } {
  const counts = { hosts: [] as string[], atOnce: 0 }
  let dialing = 0
  const connect = socket.connect.bind(socket)
  socket.connect = async (...target) => {
    const [host] = target
    counts.hosts.push(typeof host === 'string' ? host : host.host)
    dialing += 1
    counts.atOnce = Math.max(counts.atOnce, dialing)
    await connect(...target).finally(() => {
      dialing -= 1
    })
  }
  return counts
}

describe('nodes that know no address', () => {
  test('anna and bert find each other within a few seconds', async () => {
    const net = new LocalNodes(1)
    const anna = await net.start('10.0.0.1')
    await net.pass(3000)
    const bert = await net.start('10.0.0.2')
    await net.pass(3000)
    await bert.discovery.ready
    expect([linksOf(anna), linksOf(bert)]).toEqual([1, 1])
    expect(anna.discovery.found.map(({ id }) => id)).toEqual([bert.socket.id])
    expect(bert.discovery.found).toEqual([
      { id: anna.socket.id, addresses: [{ transport: 'sim', host: '10.0.0.1', port: 4444 }] },
    ])
  })

  test('one that listens nowhere finds others, and is not announced', async () => {
    const net = new LocalNodes(2)
    const anna = await net.start('10.0.0.1')
    const bert = await net.start('10.0.0.2', { isListening: false })
    await net.pass(5000)
    expect([linksOf(anna), linksOf(bert)]).toEqual([1, 1])
    expect(anna.discovery.found).toEqual([])
  })

  test.each([3, 4, 5, 6, 7].slice(0, scaled(1, 5)))(
    'seed %i: thirty that start at the same moment are one network within a minute, though 3 of 10 packets are lost',
    async (seed) => {
      const net = new LocalNodes(seed)
      net.group.loss = 0.3
      const nodes = []
      for (let index = 1; index <= 30; index++) nodes.push(await net.start(`10.0.0.${index}`))
      await net.pass(60_000, 200)
      expect(partsOf(nodes)).toEqual([30])
    },
  )

  test('two networks that were apart become one, though each has links enough', async () => {
    const net = new LocalNodes(8)
    const names = Array.from({ length: 8 }, (_, index) => `10.0.0.${index + 1}`)
    net.group.apart = new Set(names.slice(0, 4))
    const nodes = []
    for (const name of names) nodes.push(await net.start(name))
    await net.pass(60_000, 500)
    expect(partsOf(nodes)).toEqual([4, 4])
    net.group.apart = new Set()
    // Those who have links enough ask in turns, one every two minutes or so.
    await net.pass(300_000, 500)
    expect(partsOf(nodes)).toEqual([8])
  })

  test('thirty that have found each other are quiet: one asks every two minutes or so, and they stay found', async () => {
    const net = new LocalNodes(20)
    const nodes = []
    for (let index = 1; index <= 30; index++) nodes.push(await net.start(`10.0.0.${index}`))
    await net.pass(600_000, 1000)
    const before = net.group.sent.length
    const minutes = scaled(10, 30)
    for (let minute = 0; minute < minutes; minute++) {
      await net.pass(60_000, 1000)
      for (const { discovery } of nodes) expect(discovery.found).toHaveLength(29)
    }
    const sent = net.group.sent.slice(before)
    const questions = sent.filter(({ packet }) => packet.type === 'query')
    expect(questions.length).toBeGreaterThan((8 / 30) * minutes)
    expect(questions.length).toBeLessThan((25 / 30) * minutes)
    expect(sent.length - questions.length).toBeLessThanOrEqual(2 * 30 * questions.length)
  })

  test('one that listens later is found then', async () => {
    const net = new LocalNodes(21)
    const anna = await net.start('10.0.0.1', { linksWanted: 1 })
    const bert = await net.start('10.0.0.2', { isListening: false, linksWanted: 1 })
    await net.pass(60_000, 500)
    expect(anna.discovery.found).toEqual([])
    const addresses = [{ transport: 'sim', host: '10.0.0.2', port: 4444 }]
    Object.defineProperty(bert.socket, 'addresses', { value: addresses })
    await net.pass(240_000, 1000)
    expect(anna.discovery.found).toEqual([{ id: bert.socket.id, addresses }])
  })

  test('with links enough nobody is dialed but the next by id: the mesh does the rest', async () => {
    const net = new LocalNodes(9)
    const nodes = []
    for (let index = 2; index <= 20; index++) nodes.push(await net.start(`10.0.0.${index}`))
    const anna = await net.start('10.0.0.1', { linksWanted: 1 })
    const dialed = countDialManager(anna)
    await net.pass(120_000, 1000)
    expect(partsOf([anna, ...nodes])).toEqual([20])
    expect(anna.discovery.found).toHaveLength(19)
    expect(dialed.hosts.length).toBeLessThanOrEqual(4)
  })
})

describe('who is left alone', () => {
  test('itself, and other subnets, which are logged once', async () => {
    const net = new LocalNodes(10)
    const anna = await net.start('10.0.0.1')
    const bert = await net.start('10.0.0.2', { subnet: 'another' })
    await net.pass(20_000)
    expect([linksOf(anna), linksOf(bert)]).toEqual([0, 0])
    expect([...anna.discovery.found, ...bert.discovery.found]).toEqual([])
    expect(anna.log.filter((line) => line.includes('another subnet'))).toEqual([
      'debug discovery: there is another subnet on the local network',
    ])
  })

  test('whoever has said that it leaves, and whoever has not been heard of for its time', async () => {
    const net = new LocalNodes(11)
    const anna = await net.start('10.0.0.1')
    const bert = await net.start('10.0.0.2')
    const cleo = await net.start('10.0.0.3')
    await net.pass(5000)
    expect(anna.discovery.found).toHaveLength(2)
    await bert.discovery.close()
    await net.pass(100)
    expect(anna.discovery.found.map(({ id }) => id)).toEqual([cleo.socket.id])
    net.wires.crash(cleo.host)
    await net.pass(125_000, 1000)
    expect(anna.discovery.found).toEqual([])
    expect(linksOf(bert)).toBe(1)
  })

  test('a node that cannot be reached is dialed ever less often, and others meanwhile', async () => {
    const net = new LocalNodes(12)
    const anna = await net.start('10.0.0.1')
    const dialed = countDialManager(anna)
    for (let minute = 0; minute < 60; minute++) {
      net.group.inject(announcementFrom('10.0.0.9', strangerId(1), 9), '10.0.0.9')
      if (minute === 30) await net.start('10.0.0.2')
      await net.pass(60_000, 5000)
    }
    const ofSilent = dialed.hosts.filter((host) => host === '10.0.0.9')
    expect(ofSilent.length).toBeGreaterThan(5)
    expect(ofSilent.length).toBeLessThan(40)
    expect(linksOf(anna)).toBe(1)
  })

  test('nothing is said or done after the end, and the node goes on', async () => {
    const net = new LocalNodes(13)
    const anna = await net.start('10.0.0.1')
    const bert = await net.start('10.0.0.2')
    await net.pass(5000)
    await Promise.all([anna.discovery.close(), anna.discovery.close(), anna.discovery.ready])
    const sent = net.group.sent.filter(({ source }) => source === '10.0.0.1').length
    await net.pass(60_000, 1000)
    expect(net.group.sent.filter(({ source }) => source === '10.0.0.1')).toHaveLength(sent)
    expect([linksOf(anna), linksOf(bert)]).toEqual([1, 1])
  })

  test('discovery ends when the node has been closed', async () => {
    const net = new LocalNodes(14)
    const anna = await net.start('10.0.0.1')
    await net.pass(1000)
    const closed = anna.socket.close()
    await net.pass(6000)
    await closed
    net.group.inject(announcementFrom('10.0.0.9', strangerId(1)), '10.0.0.9')
    await net.pass(1000)
    const { length } = net.group.sent
    await net.pass(120_000, 1000)
    expect(net.group.sent).toHaveLength(length)
  })

  test('others hear from the close of a node that it leaves, and no timer is left', async () => {
    const net = new LocalNodes(17)
    const [anna, bert] = [await net.start('10.0.0.1'), await net.start('10.0.0.2')]
    await net.pass(5000)
    expect(bert.discovery.found.map(({ id }) => id)).toEqual([anna.socket.id])
    const closed = anna.socket.close()
    expect(anna.socket.listenerCount('close')).toBe(0)
    await net.pass(100)
    expect(bert.discovery.found).toEqual([])
    await net.pass(6000)
    await Promise.all([closed, anna.discovery.close(), anna.discovery.ready])
    expect(() => discoverLocally(anna.socket)).toThrow(ClosedError)
  })
})

describe('whatever strangers send', () => {
  test('a machine that announces thousands of nodes has room for eight, and is dialed one at a time', async () => {
    const net = new LocalNodes(15)
    const anna = await net.start('10.0.0.1')
    for (let number = 0; number < 100; number++) {
      net.group.inject(announcementFrom('10.0.0.8', strangerId(10_000 + number)), '10.0.0.8')
      await net.pass(100)
    }
    expect(anna.discovery.found).toHaveLength(8)
    const dialed = countDialManager(anna)
    // Each leaves room for the next: ids without end, two minutes long.
    for (let number = 0; number < 1200; number++) {
      net.group.inject(announcementFrom('10.0.0.9', strangerId(number)), '10.0.0.9')
      if (number > 7) net.group.inject(announcementFrom('10.0.0.9', strangerId(number - 8), 4444, 0), '10.0.0.9')
      await net.pass(100)
      expect(anna.discovery.found.length).toBeLessThanOrEqual(16)
    }
    expect(dialed.hosts.length).toBeGreaterThan(50)
    expect(dialed.hosts.length).toBeLessThan(360)
    expect(dialed.atOnce).toBe(1)
    const bert = await net.start('10.0.0.2')
    await net.pass(30_000)
    expect(linksOf(bert)).toBe(1)
    for (let machine = 20; machine < 220; machine++)
      net.group.inject(announcementFrom(`10.0.0.${machine}`, strangerId(machine)), `10.0.0.${machine}`)
    expect(anna.discovery.found.length).toBeLessThanOrEqual(64)
  })

  test('nobody is dialed but where the announcement came from', async () => {
    const net = new LocalNodes(16)
    const anna = await net.start('10.0.0.1')
    net.group.inject(announcementFrom('10.0.0.7', strangerId(1)), '10.0.0.9')
    net.group.inject(announcementFrom('93.184.215.14', strangerId(2)), '93.184.215.14')
    net.group.inject(announcementFrom('127.0.0.1', strangerId(3)), '10.0.0.9')
    expect(anna.discovery.found).toEqual([])
    net.group.inject(announcementFrom('127.0.0.1', strangerId(4)), '10.0.0.1')
    expect(anna.discovery.found.map(({ addresses }) => addresses[0]?.host)).toEqual(['127.0.0.1'])
  })

  test('another machine cannot move or remove a node that was found', async () => {
    const net = new LocalNodes(17)
    const anna = await net.start('10.0.0.1')
    net.group.inject(announcementFrom('10.0.0.7', strangerId(1)), '10.0.0.7')
    const { found } = anna.discovery
    net.group.inject(announcementFrom('10.0.0.9', strangerId(1)), '10.0.0.9')
    net.group.inject(announcementFrom('10.0.0.9', strangerId(1), 4444, 0), '10.0.0.9')
    expect(anna.discovery.found).toEqual(found)
  })

  test('questions without end are answered once a second', async () => {
    const net = new LocalNodes(18)
    await net.start('10.0.0.1')
    await net.pass(10_000)
    const before = net.group.sent.length
    for (let number = 0; number < 1000; number++) {
      const name = number % 2 === 0 ? serviceName.toUpperCase() : serviceListName
      net.group.inject(encode({ type: 'query', names: [name] }), `10.0.0.${2 + (number % 100)}`)
      net.simulation.runFor(10)
    }
    const answers = net.group.sent
      .slice(before)
      .filter(({ packet }) => packet.type === 'response' && packet.records.some(({ type }) => type === 'SRV'))
    expect(answers.length).toBeGreaterThan(5)
    expect(answers.length).toBeLessThanOrEqual(10)
  })

  test('bytes of any kind, and announcements with any of their bytes changed, break nothing', async () => {
    const net = new LocalNodes(19)
    const anna = await net.start('10.0.0.1')
    const sound = announcementFrom('10.0.0.9', strangerId(1))
    const changed = fc
      .array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
      .map((changes) => {
        const bytes = Uint8Array.from(sound)
        for (const [index, byte] of changes) bytes[index] = byte
        return bytes
      })
    const cut = fc.nat(sound.length).map((length) => sound.slice(0, length))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), changed, cut), (bytes) => {
        net.simulation.runFor(100)
        net.group.inject(bytes, '10.0.0.9')
      }),
      { numRuns: scaled(1000, 5000), seed: 19 },
    )
    expect(anna.discovery.found.length).toBeLessThanOrEqual(8)
    const bert = await net.start('10.0.0.2')
    await net.pass(10_000)
    expect(linksOf(bert)).toBe(1)
  })
})
