import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { ArgumentError, systemEnvironment } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { discoverLocally } from '../discover-locally.ts'
import { DiscoveryUnavailableError } from '../errors.ts'

// Real packets to the multicast group, on the loopback interface alone, and on a port that the system has chosen.
const loopback = '127.0.0.1'
const environment = systemEnvironment({ logLevel: 'silent' })
const holder = createSocket({ type: 'udp4', reuseAddr: true })
let port = 0
beforeEach(async () => {
  if (port !== 0) return
  holder.bind(0, '0.0.0.0')
  await once(holder, 'listening')
  port = holder.address().port
})

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()))
})

/** The next event of a socket. */
function next(
  socket: { once(event: 'connect' | 'change', listener: () => void): unknown },
  event: 'connect' | 'change',
): Promise<void> {
  return new Promise((resolve) => {
    socket.once(event, () => resolve())
  })
}

function ending<T extends { close(): Promise<void> }>(it: T): T {
  ends.push(() => it.close())
  return it
}

const options = { port: 0, interface: loopback, environment }

describe('on a real network', () => {
  test('two dictionaries find each other, after a storm of packets that are none', async () => {
    const create = (): SyncSocket<string, string> =>
      new SyncSocket({ transports: [tcp()], listen: { host: loopback }, keyEncoding: 'utf8', valueEncoding: 'utf8' })
    const [anna, bert] = [ending(create()), ending(create())]
    await Promise.all([anna.listen(), bert.listen()])
    const linked = Promise.all([next(anna, 'connect'), next(bert, 'connect')])

    const annas = ending(discoverLocally(anna, { ...options, port }))
    await annas.ready
    for (const bytes of [
      [],
      [0],
      [1, 2, 3],
      Array.from({ length: 1400 }, () => 0xc0),
      Array.from({ length: 9000 }, () => 0),
    ])
      holder.send(new Uint8Array(bytes), port, loopback)
    const berts = ending(discoverLocally(bert, { ...options, port }))
    await linked
    expect([annas.found, berts.found].flat().length).toBeGreaterThan(0)

    const told = next(bert, 'change')
    await anna.caughtUp()
    anna.set('key', 'value')
    await told
    expect(bert.get('key')).toBe('value')
  })

  test('it can be closed at once, and twice', async () => {
    const node = ending(new MeshSocket({ transports: [tcp()] }))
    const discovery = discoverLocally(node, { ...options, port })
    await Promise.all([discovery.close(), discovery.close(), discovery.ready])
  })

  test('a port that somebody holds alone is told, by ready and in the log', async () => {
    const selfish = createSocket({ type: 'udp4', reuseAddr: false })
    selfish.bind(0, '0.0.0.0')
    await once(selfish, 'listening')
    const taken = selfish.address().port
    const log: string[] = []
    const node = ending(new MeshSocket({ transports: [tcp()] }))
    const logging = { ...environment, log: (level: string, sentence: string) => void log.push(`${level} ${sentence}`) }
    const discovery = ending(discoverLocally(node, { ...options, port: taken, environment: logging }))
    await expect(discovery.ready).rejects.toBeInstanceOf(DiscoveryUnavailableError)
    await expect(discovery.ready).rejects.toMatchObject({ code: 'DISCOVERY_UNAVAILABLE', port: taken })
    expect(log).toEqual([expect.stringMatching(/^warn UDP port \d+ could not be opened .*EADDRINUSE/)])
    selfish.close()
  })
})

test.each([
  [{ port: 0 }, 'port'],
  [{ port: 65_536 }, 'port'],
  [{ linksWanted: 0 }, 'linksWanted'],
  [{ interface: 'eth0' }, 'interface'],
])('options that are none: %j', async (wrong, argument) => {
  const node = ending(new MeshSocket({ transports: [tcp()] }))
  expect(() => discoverLocally(node, wrong)).toThrow(expect.objectContaining({ code: 'ARGUMENT', argument }))
  expect(() => discoverLocally(node, wrong)).toThrow(ArgumentError)
})
