import { BaseSocket, systemEnvironment } from '@ts2p/base'
import type { Connection } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import {
  createSubnet,
  encodeBroadcast,
  encodePackets,
  decodeBroadcast,
  identityFromSeed,
  OutgoingEnvelope,
  PacketLists,
  seedBytes,
} from '@ts2p/protocol'
import type { OwnIdentity } from '@ts2p/protocol'
import { signedBroadcast } from '@ts2p/simulator'
import { tcp } from '@ts2p/transport-tcp'
import { expect, test } from 'vitest'

const host = '127.0.0.1'
const environment = systemEnvironment()
const subnet = createSubnet({
  ...{ description: 'mesh', security: 'plaintext' },
  terms: [{ name: 'mesh.signing', value: 'on' }],
})
const content = encodePackets(PacketLists.of([['broadcast', 'lie'].map((text) => new TextEncoder().encode(text))]))

function someone(): OwnIdentity {
  return identityFromSeed(environment.randomBytes(seedBytes), environment.ed25519)
}

function broadcastOf(source: OwnIdentity, time = Date.now()): OutgoingEnvelope {
  return new OutgoingEnvelope(
    'broadcast',
    signedBroadcast(source, subnet.hash, { epoch: 1, sequence: 1, time, content }),
  )
}

function forged(): OutgoingEnvelope {
  const flood = decodeBroadcast(
    signedBroadcast(someone(), subnet.hash, { epoch: 1, sequence: 1, time: Date.now(), content }),
  )
  return new OutgoingEnvelope('broadcast', encodeBroadcast({ ...flood, signature: new Uint8Array(64).fill(1) }))
}

const replayed = broadcastOf(someone())
const weekMs = 7 * 24 * 3_600_000

test.each([
  ['invalid signatures', Array.from({ length: 20 }, forged), 0],
  ['a broadcast repeated', Array.from({ length: 200 }, () => replayed), 1],
  ['broadcasts of last week', Array.from({ length: 20 }, () => broadcastOf(someone(), Date.now() - weekMs)), 0],
])('over TCP: %s cost no honest link, and honest broadcasts arrive once', async (_, frames, delivered) => {
  const nodes = Array.from({ length: 4 }, () => new MeshSocket({ transports: [tcp()], listen: { host } }))
  const [first] = nodes
  if (!first) throw new Error('Four nodes were asked for.')
  await first.listen()
  const port = first.addresses[0]?.port ?? 0
  for (const node of nodes.slice(1)) await node.connect(host, port)
  const liar = new BaseSocket({ identity: someone(), subnet, environment, transports: [tcp()] })
  let connection = await liar.dial({ transport: 'tcp', host, port })
  for (const frame of frames) {
    if (!connection.isEstablished) connection = await dialAgain(liar, port)
    connection.send(frame)
  }
  const texts = nodes.map((node) => textsOf(node, nodes.length - 1 + delivered))
  for (const [index, node] of nodes.entries()) node.send([`by ${index}`])
  for (const [index, heard] of (await Promise.all(texts)).entries()) {
    const others = nodes.flatMap((each, other) => (other === index ? [] : [`by ${other}`]))
    expect(heard.toSorted()).toEqual([...others, ...Array.from({ length: delivered }, () => 'lie')].toSorted())
  }
  for (const node of nodes.slice(1)) expect(node.routingTable?.has(first.id)).toBe(true)
  await Promise.all([liar.close(), ...nodes.map((node) => node.close())])
})

async function dialAgain(liar: BaseSocket, port: number): Promise<Connection> {
  for (;;) {
    const linked = await liar.dial({ transport: 'tcp', host, port }).catch(() => undefined)
    if (linked) return linked
  }
}

/** The texts of what a node receives, until it has so many. */
async function textsOf(node: MeshSocket, count: number): Promise<string[]> {
  const texts: string[] = []
  for (;;) {
    texts.push(...node.recv(1000).map(({ packets }) => new TextDecoder().decode(packets[1])))
    if (texts.length >= count) return texts
    await new Promise<void>((resolve) => node.once('message', resolve))
  }
}
