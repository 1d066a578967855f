import { deflateSync } from 'node:zlib'
import { BaseSocket } from '@ts2p/base'
import {
  encodeDirect,
  encodeDirectContent,
  encodePackets,
  frameHeaderBytes,
  hashFromNodeId,
  identityFromSeed,
  OutgoingEnvelope,
  directHeaderHash,
  PacketLists,
  portableSha256,
  signedMessage,
} from '@ts2p/protocol'
import type { Direct, OwnIdentity } from '@ts2p/protocol'
import { signedBroadcast, simulationStart } from '@ts2p/simulator'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { payloadBytesMax } from '../src/broadcast/outgoing-batcher.ts'
import { noise } from './direct.test-helper.ts'
import { createNetwork, meshSubnet, nodeIn, port, received, settled, startChain } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

const limits = { frameBytesMax: 65_536 }
/** What makes a payload compress to three quarters: too little for a relay to compress it again. */
const text = 'x'.repeat(15_000)

interface Liar {
  readonly identity: OwnIdentity
  send(envelope: OutgoingEnvelope): void
}

/** A peer of a node that shakes hands as it should, and then sends what it likes. */
async function startLiar(network: SimulatedNetwork, name: string, target: string): Promise<Liar> {
  const host = network.simulation.host(name)
  const { environment } = host
  const identity = identityFromSeed(environment.randomBytes(32), environment.ed25519)
  const socket = new BaseSocket({
    identity,
    subnet: meshSubnet,
    environment,
    transports: [network.transport(host)],
    limits,
  })
  const dialed = socket.dial({ transport: 'sim', host: target, port })
  network.simulation.runFor(1000)
  const connection = await dialed
  return { identity, send: (envelope) => connection.send(envelope) }
}

/** A message of this number of bytes; the first are noise. */
function messageOf(bytes: number): PacketLists {
  const packet = noise(bytes)
  if (bytes > 2 * text.length) packet.set(new TextEncoder().encode(text), bytes - text.length)
  return PacketLists.of([[packet]])
}

function broadcastOf(bytes: number, source: OwnIdentity): Uint8Array {
  const header = { epoch: 1, sequence: 1, time: simulationStart, content: encodePackets(messageOf(bytes)) }
  return signedBroadcast(source, meshSubnet.hash, header)
}

function directOf(bytes: number, source: OwnIdentity, target: Uint8Array): Uint8Array {
  const content = encodeDirectContent({
    ...{ epoch: 1, first: 1, oldest: 1, messages: messageOf(bytes) },
    ...{ kinds: [], answered: undefined, isProbe: false },
  })
  const none = { contentHash: undefined, acknowledgment: new Uint8Array(0), signature: undefined, dropped: undefined }
  const direct = { ...{ source: source.key, target, time: simulationStart, hopsLeft: 32, content }, ...none }
  return encodeDirect({ ...direct, signature: signatureOfDirect(source, direct) })
}

function signatureOfDirect(source: OwnIdentity, direct: Direct): Uint8Array {
  const headerHash = directHeaderHash(direct, portableSha256)
  return source.sign(signedMessage({ networkId: meshSubnet.hash, headerHash, statement: new Uint8Array(0) }))
}

/** Finds the argument with which the result has the size wanted, which grows with it by little more or less than one. */
function sized<T>(wanted: number, make: (bytes: number) => T, sizeOf: (made: T) => number): T {
  let bytes = wanted
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const made = make(bytes)
    if (sizeOf(made) === wanted) return made
    bytes -= sizeOf(made) - wanted
  }
  throw new RangeError(`Nothing has the size ${wanted}.`)
}

/** How a frame is made. */
interface Kind {
  readonly flag: 'broadcast' | 'forward'
  /** Links that it has crossed, as its sender says. One more takes a byte or two more where this is 0 or 127. */
  readonly hops: number
  /**
   * 'plain': the frame has the size wanted. 'stored': so has the frame, of a zlib stream that is longer than the payload. 'compressed': the
   * payload has the size wanted, and its zlib stream is shorter.
   */
  readonly form: 'plain' | 'stored' | 'compressed'
}

function envelopeOf(
  { flag, hops, form }: Kind,
  wanted: number,
  payloadOf: (bytes: number) => Uint8Array,
): OutgoingEnvelope {
  if (form === 'compressed') {
    const payload = sized(wanted, payloadOf, ({ length }) => length)
    return new OutgoingEnvelope(flag, payload, { hops, compressed: deflateSync(payload) })
  }
  return sized(
    wanted,
    (bytes) => {
      const payload = payloadOf(bytes)
      const compressed = form === 'stored' ? deflateSync(payload, { level: 0 }) : undefined
      return new OutgoingEnvelope(flag, payload, { hops, compressed })
    },
    (envelope) => envelope.frame(true).length - frameHeaderBytes,
  )
}

/** A chain of three nodes that know the way to the last, and how many of the links between them were lost. */
async function startHonest(network: SimulatedNetwork): Promise<{ a: Node; c: Node; lost: () => number }> {
  const chain = await startChain(network, ['a', 'b', 'c'], { limits })
  const nodes = ['a', 'b', 'c'].map((name) => nodeIn(chain, name))
  const ids = new Set(nodes.map(({ socket }) => socket.id))
  let lost = 0
  for (const { socket } of nodes) {
    socket.on('peer-disconnect', ({ id }) => {
      if (ids.has(id)) lost += 1
    })
  }
  const c = nodeIn(chain, 'c')
  c.socket.send(['here'])
  network.simulation.runFor(1000)
  return { a: nodeIn(chain, 'a'), c, lost: () => lost }
}

const forms = ['plain', 'stored', 'compressed'] as const
const kinds: readonly Kind[] = forms.flatMap((form) => [
  { flag: 'broadcast', hops: 0, form },
  { flag: 'broadcast', hops: 127, form },
  { flag: 'forward', hops: 0, form },
])

function payloadsOf({ flag }: Kind, from: OwnIdentity, to: Node): (bytes: number) => Uint8Array {
  const target = hashFromNodeId(to.socket.id)
  return (bytes) => (flag === 'broadcast' ? broadcastOf(bytes, from) : directOf(bytes, from, target))
}

test.each(kinds)(
  'a member that sends a $flag of the greatest size ($form, $hops hops) loses its own link, and no honest node loses one',
  async (kind) => {
    const network = createNetwork(1)
    const { a, c, lost } = await startHonest(network)
    for (let below = 0; below <= 8; below += 1) {
      const liar = await startLiar(network, `liar${below}`, 'a')
      liar.send(envelopeOf(kind, limits.frameBytesMax - below, payloadsOf(kind, liar.identity, c)))
      network.simulation.runFor(2000)
      await settled()
      expect(lost(), `${below} bytes below`).toBe(0)
      expect(a.socket.routingTable?.has(liar.identity.id), `${below} bytes below`).toBe(false)
    }
    expect(received(c)).toEqual([])
    expect(a.socket.issues).toMatchObject([{ code: 'protocol-violation', count: 9 }])
  },
)

/** What of the size wanted is not the payload. */
function envelopeBytesOf({ flag, form, hops }: Kind): number {
  if (form === 'compressed') return 0
  // Tags and numbers: the length of the payload has three bytes, the others one. What is 0 is left out.
  return 4 + (flag === 'broadcast' ? 0 : 2) + (hops === 0 ? 0 : 2) + (form === 'stored' ? 2 : 0)
}

test.each(kinds)('a $flag of the greatest size that a node sends ($form, $hops hops) is passed on', async (kind) => {
  const network = createNetwork(1)
  const { a, c, lost } = await startHonest(network)
  const peer = await startLiar(network, 'peer', 'a')
  const frameBytes = payloadBytesMax(limits) + envelopeBytesOf(kind)
  peer.send(envelopeOf(kind, frameBytes, payloadsOf(kind, peer.identity, c)))
  network.simulation.runFor(2000)
  expect(received(c).length).toBe(1)
  expect([lost(), a.socket.routingTable?.has(peer.identity.id)]).toEqual([0, true])
})
