import { identityFromSeed } from '@ts2p/protocol'
import type { FaultRow } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import { contentsOf } from '../../support/nodes/contents.ts'
import { countIssues } from '../../support/nodes/issues.ts'
import { Liar } from '../../support/adversaries/liar.ts'
import { createSigningNetwork, nodePort, pass, startSync } from '../../support/nodes/simulated-nodes.ts'
import { helloPayload, shakeHands } from '../../support/adversaries/stranger.ts'
import type { SyncNode } from '../../support/nodes/sync-swarm.ts'

type Network = ReturnType<typeof createSigningNetwork>
const seeds = 100

/** Seven things that have broken peer-to-peer dictionaries before. */
const all: readonly ((seed: number) => Promise<string[]>)[] = [
  setWhileApart,
  deleteEverywhere,
  setProto,
  sendForeignStore,
  sendFromTheFuture,
  reconnect,
  claimLinkedId,
]

/** The seven probes that broke js2p 0.7.870. */
export const probes: FaultRow = {
  name: 'probes',
  fault: 'The seven probes that break js2p 0.7.870, each with 100 seeds.',
  mustHold: 'Replicas agree, keys are deleted, forgeries and records from the future are refused, entries stay.',
  wanted: all.length * seeds,
  unit: 'probes',
  open: () => ({
    slice: (from, until) =>
      runCases(from, until, async (index) => ({ violations: (await all[index % all.length]?.(index)) ?? [] })),
  }),
}

async function setWhileApart(seed: number): Promise<string[]> {
  const random = randomOf(seed)
  const network = createSigningNetwork(seed)
  const [a, b] = [await startSync(network, 'a'), await startSync(network, 'b')]
  a.socket.set('key', 'by a')
  await pass(network, random.integer(0, 3000))
  b.socket.set('key', 'by b')
  await (random.chance(0.5) ? connect(network, a, b) : connect(network, b, a))
  const value = a.socket.get('key')
  return [
    ...unless(contentsOf(a.socket) === contentsOf(b.socket), 'Two nodes that set one key while apart do not agree.'),
    ...unless(value === 'by a' || value === 'by b', `The key that both have set is ${value}.`),
  ]
}

async function deleteEverywhere(seed: number): Promise<string[]> {
  const { network, nodes } = await startNodes(seed, 3)
  const [a] = nodes
  a?.socket.set('key', 'value')
  await pass(network, 1000)
  const had = nodes.filter(({ socket }) => socket.has('key')).length
  const isDeleted = a?.socket.del('key')
  await pass(network, 1000)
  const has = nodes.filter(({ socket }) => socket.has('key')).length
  return unless(
    had === 3 && isDeleted === true && has === 0,
    `${had} nodes had a key, and ${has} have it once deleted.`,
  )
}

async function setProto(seed: number): Promise<string[]> {
  const { network, nodes, first } = await startNodes(seed, 5)
  const links = nodes.map(({ socket }) => socket.routingTable?.size ?? 0)
  const liar = await Liar.start(network, first.name, first.socket)
  await liar.send({ key: '__proto__', value: 'from outside', time: network.simulation.now })
  const has = nodes.filter(({ socket }) => socket.get('__proto__') === 'from outside').length
  const lost = nodes.filter(({ socket }, at) => (socket.routingTable?.size ?? 0) < (links[at] ?? 0)).length
  return [
    ...unless(has === 5, `${has} of 5 nodes have the key __proto__.`),
    ...unless(lost === 0, `${lost} nodes have lost links by the key __proto__.`),
    ...unless(Reflect.get({}, 'from outside') === undefined, 'Object.prototype was changed.'),
  ]
}

async function sendForeignStore(seed: number): Promise<string[]> {
  const { network, nodes, first } = await startNodes(seed, 3)
  nodes[2]?.socket.set('real', 'of c')
  await pass(network, 1000)
  const before = contentsOf(first.socket)
  const liar = await Liar.start(network, first.name, first.socket)
  const victim = identityFromSeed(network.simulation.random.bytes(32))
  const source = seed % 2 === 0 ? liar.identity : victim
  for (let count = 0; count < 3; count += 1) {
    const record = { key: `forged ${count}`, value: 'from outside', time: network.simulation.now }
    // oxlint-disable-next-line no-await-in-loop -- with the third the link closes
    await liar.send(record, { owner: victim, source })
  }
  const changed = nodes.filter(({ socket }) => contentsOf(socket) !== before).length
  return [
    ...unless(changed === 0, `${changed} of 3 nodes have taken in a record that its owner did not sign.`),
    ...unless(!liar.isLinked, 'The bearer of three forgeries is still linked.'),
  ]
}

async function sendFromTheFuture(seed: number): Promise<string[]> {
  const { network, nodes, first } = await startNodes(seed, 2)
  const liar = await Liar.start(network, first.name, first.socket)
  await liar.send({ key: 'never', value: 'from outside', time: Date.UTC(2096, 0, 1) })
  await pass(network, 10_000)
  const has = nodes.filter(({ socket }) => socket.has('never')).length
  const isWritable = first.socket.set('key', 'x').get('key') === 'x'
  return [
    ...unless(has === 0, `${has} of 2 nodes have a record of 2096.`),
    ...unless(liar.isLinked, 'A record of 2096 cost its bearer the link, though its clock may be wrong.'),
    ...unless(countIssues(first.socket, 'record-too-far-ahead') === 1, 'A record of 2096 was not reported once.'),
    ...unless(isWritable, 'A node that was sent a record of 2096 cannot write.'),
  ]
}

async function reconnect(seed: number): Promise<string[]> {
  const network = createSigningNetwork(seed)
  const [a, b] = [await startSync(network, 'a'), await startSync(network, 'b')]
  a.socket.update(Array.from({ length: 1000 }, (_, key) => [`key ${key}`, `${key}`.padEnd(100, '.')] as const))
  let before = network.bytes
  await connect(network, b, a)
  const everything = network.bytes - before
  await pass(network, 5000)
  for (const connection of b.socket.outgoing) b.socket.disconnect(connection)
  await pass(network, 50, 50)
  before = network.bytes
  await connect(network, b, a)
  const nothing = network.bytes - before
  const { size } = b.socket
  return [
    ...unless(size === 1000, `The node that joined has ${size} of 1,000 keys.`),
    ...unless(
      nothing < 4000,
      `A handshake without a difference takes ${nothing} bytes; that of everything ${everything}.`,
    ),
  ]
}

async function claimLinkedId(seed: number): Promise<string[]> {
  const network = createSigningNetwork(seed)
  const a = await startSync(network, 'a')
  const identity = identityFromSeed(network.simulation.random.bytes(32))
  const b = await startSync(network, 'b', { identity })
  await connect(network, b, a)
  const before = a.socket.routingTable?.get(identity.id)
  const host = network.simulation.host('thief')
  const thief = identityFromSeed(network.simulation.random.bytes(32))
  for (const signer of [identity, thief]) {
    const hello = helloPayload(identity, {}, a.socket.subnet)
    shakeHands(network.transport(host).dial('a', nodePort), hello, signer)
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await pass(network, 1000)
  }
  const after = a.socket.routingTable?.get(identity.id)
  a.socket.set('key', 'x')
  await pass(network, 1000)
  return [
    ...unless(before !== undefined && before === after, "Claiming a linked node's id has replaced its entry."),
    ...unless(b.socket.get('key') === 'x', 'The node whose id was claimed hears nothing anymore.'),
  ]
}

async function connect(network: Network, from: SyncNode, to: SyncNode): Promise<void> {
  const connected = from.socket.connect(to.name, nodePort)
  connected.catch(() => undefined)
  await pass(network, 1000, 50)
  await connected
}

async function startNodes(
  seed: number,
  count: number,
): Promise<{ network: Network; nodes: SyncNode[]; first: SyncNode }> {
  const network = createSigningNetwork(seed)
  const first = await startSync(network, 'n0')
  const nodes = [first]
  for (let index = 1; index < count; index += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as nodes join
    const node = await startSync(network, `n${index}`)
    // oxlint-disable-next-line no-await-in-loop
    await connect(network, node, first)
    nodes.push(node)
  }
  await pass(network, 3000)
  return { network, nodes, first }
}
