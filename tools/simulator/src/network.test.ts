import type { Link } from '@ts2p/base'
import { AddressInUseError, UnreachableError } from '@ts2p/base'
import { expect, test } from 'vitest'
import { SimulatedNetwork } from './network.ts'
import type { Faults } from './faults.ts'
import { Simulation } from './simulation.ts'
import type { Host } from './simulation.ts'

/** One end of a link, and what it was told. */
interface End {
  readonly link: Link
  readonly heard: string[]
}

function listen(link: Link, network: SimulatedNetwork): End {
  const heard: string[] = []
  const at = (): string => `at ${Math.floor(network.simulation.elapsedMs)}`
  link.attach({
    onOpen: () => void heard.push('open'),
    onData: (chunk) => void heard.push(Buffer.from(chunk).toString()),
    onDrain: () => void heard.push('drain'),
    onClose: (error) => void heard.push(error ? `closed: ${error.message} ${at()}` : 'closed'),
  })
  return { link, heard }
}

async function startPair(
  faults: Partial<Faults> = {},
): Promise<{ network: SimulatedNetwork; a: End; b: End; hosts: [Host, Host] }> {
  const network = new SimulatedNetwork(new Simulation({ seed: 1 }))
  const hosts: [Host, Host] = [network.simulation.host('a'), network.simulation.host('b')]
  const accepted: End[] = []
  await network.transport(hosts[1]).listen?.('b', 1, (link) => accepted.push(listen(link, network)))
  const a = listen(network.transport(hosts[0]).dial('b', 1), network)
  network.simulation.runFor(100)
  const [b] = accepted
  if (!b) throw new Error('The link was not accepted.')
  network.faults = { ...network.faults, ...faults }
  return { network, a, b, hosts }
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const words = Array.from({ length: 1000 }, (_, index) => `${index}`)

test('what is written arrives in order, each write as one chunk', async () => {
  const { network, a, b } = await startPair({ latencyMs: [0, 500] })
  a.link.write([bytes('one '), bytes('chunk')])
  for (const word of words) a.link.write([bytes(word)])
  b.link.write([bytes('back')])
  network.simulation.runFor(1000)
  expect(b.heard).toEqual(['open', 'one chunk', ...words])
  expect(a.heard).toEqual(['open', 'back'])
  expect(network.writes).toBe(1002)
  expect(network.bytes).toBe(9 + words.join('').length + 4)
})

test('the latency is between its bounds', async () => {
  const { network, a, b } = await startPair({ latencyMs: [50, 80] })
  a.link.write([bytes('x')])
  network.simulation.runFor(49)
  expect(b.heard).toEqual(['open'])
  network.simulation.runFor(31)
  expect(b.heard).toEqual(['open', 'x'])
})

test('loss, duplication and reordering have about the shares that they are given', async () => {
  const countOf = async (faults: Partial<Faults>): Promise<{ arrived: string[] }> => {
    const { network, a, b } = await startPair(faults)
    for (const word of words) {
      a.link.write([bytes(word)])
      network.simulation.runFor(1)
    }
    network.simulation.runFor(1000)
    return { arrived: b.heard.slice(1) }
  }
  const lost = await countOf({ loss: 0.3 })
  expect(lost.arrived.length).toBeGreaterThan(650)
  expect(lost.arrived.length).toBeLessThan(750)
  const doubled = await countOf({ duplication: 0.2 })
  expect(doubled.arrived.length).toBeGreaterThan(1150)
  expect(doubled.arrived.length).toBeLessThan(1250)
  expect(new Set(doubled.arrived).size).toBe(1000)
  const reordered = await countOf({ reordering: 0.5, latencyMs: [1, 100] })
  expect(reordered.arrived.length).toBe(1000)
  expect(reordered.arrived).not.toEqual(words)
})

test('a partition lets nothing through, without a word; after it the links go on', async () => {
  const { network, a, b, hosts } = await startPair()
  network.partition([[hosts[0]], [hosts[1]]])
  a.link.write([bytes('lost')])
  const dialed = listen(network.transport(hosts[0]).dial('b', 1), network)
  network.simulation.runFor(6000)
  expect(b.heard).toEqual(['open'])
  expect(a.heard).toEqual(['open'])
  expect(dialed.heard).toEqual([expect.stringContaining('nobody answered in time')])
  network.heal()
  a.link.write([bytes('heard')])
  network.simulation.runFor(100)
  expect(b.heard).toEqual(['open', 'heard'])
})

test('a crash breaks the links of the host: the other ends hear of it', async () => {
  const { network, a, b, hosts } = await startPair()
  network.crash(hosts[1])
  network.simulation.runFor(100)
  expect(a.heard).toEqual(['open', expect.stringContaining('closed: reset by the other side')])
  expect(b.heard).toEqual(['open'])
  const dialed = listen(network.transport(hosts[0]).dial('b', 1), network)
  network.simulation.runFor(100)
  expect(dialed.heard).toEqual([expect.stringContaining('the connection was refused')])
})

test('a cut breaks the links at both ends', async () => {
  const { network, a, b, hosts } = await startPair()
  network.cut(hosts[0])
  network.simulation.runFor(10)
  for (const { heard } of [a, b])
    expect(heard).toEqual(['open', expect.stringContaining('closed: the network is down')])
})

test('close() sends what is under way first, even to one who has paused; destroy() tells at once', async () => {
  const { network, a, b } = await startPair()
  b.link.pause()
  a.link.write([bytes('last words')])
  a.link.close()
  a.link.write([bytes('too late')])
  network.simulation.runFor(100)
  expect(a.heard).toEqual(['open', 'closed'])
  expect(b.heard).toEqual(['open'])
  b.link.resume()
  network.simulation.runFor(100)
  expect(b.heard).toEqual(['open', 'last words', 'closed'])
  const other = await startPair()
  other.a.link.destroy()
  other.network.simulation.runFor(100)
  expect(other.a.heard).toEqual(['open', 'closed'])
  expect(other.b.heard).toEqual(['open', expect.stringContaining('closed: reset')])
})

test('whoever does not read makes the other side wait, and it is told when that is over', async () => {
  for (const how of ['paused', 'stalled'] as const) {
    const { network, a, b, hosts } = await startPair()
    if (how === 'paused') b.link.pause()
    else network.stall(hosts[1], true)
    a.link.write([new Uint8Array(100_000)])
    network.simulation.runFor(1000)
    expect(a.link.bufferedBytes).toBe(100_000 - 65_536)
    expect(a.heard).toEqual(['open'])
    if (how === 'paused') b.link.resume()
    else network.stall(hosts[1], false)
    network.simulation.runFor(1000)
    expect(a.link.bufferedBytes).toBe(0)
    expect(a.heard).toEqual(['open', 'drain'])
  }
})

test('a dial that was given up before it arrived makes no link', async () => {
  const { network, hosts } = await startPair()
  let accepted = 0
  await network.transport(hosts[1]).listen?.('b', 2, () => (accepted += 1))
  const dialed = listen(network.transport(hosts[0]).dial('b', 2), network)
  dialed.link.destroy()
  network.simulation.runFor(1000)
  expect(accepted).toBe(0)
  expect(dialed.heard).toEqual(['closed'])
})

test('a port is listened on once; port 0 gives one that is free', async () => {
  const { network, hosts } = await startPair()
  const transport = network.transport(hosts[1])
  await expect(transport.listen?.('b', 1, () => undefined)).rejects.toBeInstanceOf(AddressInUseError)
  const [first, second] = [
    await transport.listen?.('b', 0, () => undefined),
    await transport.listen?.('b', 0, () => undefined),
  ]
  expect(first?.port).not.toBe(second?.port)
  await first?.close()
  const errors: unknown[] = []
  transport.dial('b', first?.port ?? 0).attach({
    onOpen: () => undefined,
    onData: () => undefined,
    onDrain: () => undefined,
    onClose: (error) => errors.push(error),
  })
  network.simulation.runFor(100)
  expect(errors).toEqual([expect.any(UnreachableError)])
})

test('the same seed makes the same run', async () => {
  const run = async (): Promise<string[]> => {
    const { network, a, b } = await startPair({ loss: 0.2, duplication: 0.2, reordering: 0.5, latencyMs: [1, 300] })
    for (const word of words) a.link.write([bytes(word)])
    network.simulation.runFor(1000)
    return b.heard
  }
  expect(await run()).toEqual(await run())
})

test('a link carries no more bytes per second than its bandwidth, in each direction', async () => {
  const { network, a, b } = await startPair({ latencyMs: [1, 1], bytesPerSecond: 1_000_000 })
  for (let count = 0; count < 100; count += 1) a.link.write([new Uint8Array(100_000)])
  b.link.write([bytes('back')])
  network.simulation.runFor(2)
  expect(a.heard).toContain('back')
  network.simulation.runFor(4998)
  expect(b.heard.length - 1).toBe(49)
  network.simulation.runFor(5001)
  expect(b.heard.length - 1).toBe(100)
})

test('a long write arrives in parts, if that is asked for', async () => {
  const { network, a, b } = await startPair({ latencyMs: [1, 1], bytesPerSecond: 1000, segmentBytes: 4 })
  a.link.write([bytes('long'), bytes('er')])
  network.simulation.runFor(6)
  expect(b.heard).toEqual(['open', 'long'])
  network.simulation.runFor(2)
  expect(b.heard).toEqual(['open', 'long', 'er'])
})

test('the bandwidth of one direction between two hosts can be set apart', async () => {
  const { network, a, b, hosts } = await startPair({ latencyMs: [1, 1] })
  network.limitBandwidth(hosts[0], hosts[1], 1000)
  a.link.write([new Uint8Array(1000)])
  b.link.write([new Uint8Array(1000)])
  network.simulation.runFor(10)
  expect([a.heard.length, b.heard.length]).toEqual([2, 1])
  network.simulation.runFor(1000)
  expect(b.heard.length).toBe(2)
})

test('a direction that is blocked drops what is sent, the other one does not', async () => {
  const { network, a, b, hosts } = await startPair()
  network.block(hosts[0], hosts[1])
  a.link.write([bytes('lost')])
  b.link.write([bytes('back')])
  network.simulation.runFor(100)
  expect([a.heard, b.heard]).toEqual([['open', 'back'], ['open']])
  const dialed = listen(network.transport(hosts[1]).dial('a', 1), network)
  network.simulation.runFor(10_000)
  expect(dialed.heard).toEqual([expect.stringContaining('closed')])
  network.unblock(hosts[0], hosts[1])
  a.link.write([bytes('heard')])
  network.simulation.runFor(100)
  expect(b.heard).toEqual(['open', 'heard'])
})

test('what waits for a slow line when its end is destroyed, or when the way is blocked, never arrives', async () => {
  for (const ending of ['destroy', 'block'] as const) {
    const { network, a, b, hosts } = await startPair({ latencyMs: [1, 1], bytesPerSecond: 1000 })
    for (let count = 0; count < 10; count += 1) a.link.write([new Uint8Array(1000)])
    network.simulation.runFor(2500)
    if (ending === 'destroy') a.link.destroy()
    else network.block(hosts[0], hosts[1])
    network.simulation.runFor(20_000)
    expect(b.heard.filter((event) => !/open|closed/.test(event)).length, ending).toBe(2)
  }
})
