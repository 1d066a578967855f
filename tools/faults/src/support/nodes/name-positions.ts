import { createSubnet, subnetDifference } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { Store } from '@ts2p/store'
import type { SyncSocketOptions } from '@ts2p/sync'
import { SyncSocket } from '@ts2p/sync'
import { atHost, createNetwork, nodePort, pass, startMesh } from './simulated-nodes.ts'

/** A place where a name can stand. */
export interface NamePosition {
  readonly title: string
  /** All that happens with the name there, as text, in which the name itself is replaced by a mark. */
  outcomeOf(name: string): Promise<string> | string
}

const startMs = 1_800_000_000_000

/** Every place where a name of a stranger can stand. */
export const namePositions: readonly NamePosition[] = [
  { title: 'a key and a value', outcomeOf: keysAndValues },
  { title: 'a key of JSON', outcomeOf: (name) => jsonValues(name, JSON.parse(`{${JSON.stringify(name)}:{"x":1}}`)) },
  { title: 'a value of JSON', outcomeOf: (name) => jsonValues(name, { x: name, list: [name] }) },
  { title: 'a field', outcomeOf: fields },
  { title: 'a key, a field and an owner of a store', outcomeOf: stores },
  { title: 'a message type and a packet', outcomeOf: messages },
  { title: 'a description', outcomeOf: descriptions },
]

/** The outcome as text. The name is marked before, so that what is printed has no trace of it. */
function textOf(name: string, outcome: readonly unknown[]): string {
  const mark = (part: unknown): unknown => {
    if (typeof part === 'string') return part === name ? '<name>' : part
    if (part instanceof Map) return mark([...part])
    if (Array.isArray(part)) return part.map((element: unknown) => mark(element))
    if (typeof part !== 'object' || part === null) return part === undefined ? '<undefined>' : part
    return Object.entries(part).map(([key, value]) => [mark(key), mark(value)])
  }
  return JSON.stringify(mark(outcome))
}

/** Two dictionaries of which the second has joined the first. */
async function startPair<V>(
  options: Partial<SyncSocketOptions<string, V>> & Pick<SyncSocketOptions<string, V>, 'valueEncoding'>,
): Promise<{
  network: SimulatedNetwork
  a: SyncSocket<string, V>
  b: SyncSocket<string, V>
  end: () => Promise<void>
}> {
  const network = createNetwork(1)
  const start = (name: string): SyncSocket<string, V> =>
    new SyncSocket<string, V>({
      ...atHost(network, network.simulation.host(name)),
      keyEncoding: 'utf8',
      ...options,
    })
  const [a, b] = [start('a'), start('b')]
  await Promise.all([a.listen(), b.listen()])
  b.connect('a', nodePort).catch(() => undefined)
  await pass(network, 1000)
  const end = async (): Promise<void> => {
    const pruneWatermark = [a.close(), b.close()]
    await pass(network, 5000, 500)
    await Promise.all(pruneWatermark)
  }
  return { network, a, b, end }
}

async function keysAndValues(name: string): Promise<string> {
  const { network, a, b, end } = await startPair<string>({ valueEncoding: 'utf8' })
  const heard: unknown[] = []
  b.on('change', ({ type, key, value, owner }) => {
    if (type === 'set') heard.push(key, value, owner === a.id)
    else heard.push('deleted', key)
  })
  const before = [a.has(name), a.get(name), a.get(name, 'none')]
  a.set(name, name)
  await pass(network, 500)
  const there = [b.get(name), [...b.keys()], [...b.items()], b.copy(), b.lease(name)?.owner === a.id]
  let refusal: unknown
  try {
    b.set(name, 'mine')
  } catch (error) {
    refusal = error instanceof Error && 'code' in error ? error.code : String(error)
  }
  const popped = a.pop(name)
  await pass(network, 500)
  a.update(new Map([[name, 'again']]))
  const outcome = [before, there, refusal, popped, b.size, a.setdefault(name, 'other'), a.del(name), a.size, heard]
  await end()
  return textOf(name, outcome)
}

async function jsonValues(name: string, value: unknown): Promise<string> {
  const { network, a, b, end } = await startPair<unknown>({ valueEncoding: 'json' })
  a.set('key', value)
  await pass(network, 500)
  const outcome = [a.get('key'), b.get('key'), b.size]
  await end()
  return textOf(name, outcome)
}

async function fields(name: string): Promise<string> {
  const options = { valueEncoding: 'json', leasing: false } as const
  const { network, a, b, end } = await startPair<Record<string, unknown>>(options)
  // As JSON, since `{ __proto__: … }` would set the prototype.
  const delta = (value: string): Record<string, unknown> =>
    JSON.parse(`{${JSON.stringify(name)}:${value}}`) as Record<string, unknown>
  const first = a.applyDelta(name, delta('1'))
  await pass(network, 500)
  const second = b.applyDelta(name, delta('{"y":2}'))
  await pass(network, 500)
  const outcome = [first, second, a.get(name), b.get(name), [...b.keys()]]
  await end()
  return textOf(name, outcome)
}

function stores(name: string): string {
  // Keys are bytes as text: a character for each.
  const key = Buffer.from(name).toString('latin1')
  const create = (fill: number, leaseSeconds: number): Store =>
    new Store({ owner: new Uint8Array(32).fill(fill), idOf: ([first]) => (first === 1 ? name : 'bob'), leaseSeconds })
  const [alice, bob, carol] = [create(1, 3600), create(2, 3600), create(1, 0)]
  const change = alice.set(key, Buffer.from(name), startMs)
  const received = change.records.map((record) => bob.apply(record, startMs).outcome)
  const refused = bob.mayWrite(key, startMs)?.code
  carol.setField(key, key, Buffer.from('field'), startMs)
  const field = Buffer.from(carol.fields(key)?.get(key) ?? []).toString()
  const owner = bob.lease(key)?.owner
  const deleted = alice.delete(key, startMs)?.records.map((record) => bob.apply(record, startMs).outcome)
  return textOf(name, [change.effect, received, refused, field, owner, deleted, alice.size, bob.size, bob.get(key)])
}

async function messages(name: string): Promise<string> {
  const network = createNetwork(1)
  const a = await startMesh(network, 'a')
  const b = await startMesh(network, 'b')
  b.socket.connect('a', nodePort).catch(() => undefined)
  await pass(network, 1000)
  const received: unknown[] = []
  b.socket.registerHandler((message) => {
    received.push(message.packets.map((packet) => Buffer.from(packet).toString()))
    return true
  })
  a.socket.send([name, name, 'x'], { type: name })
  await pass(network, 500)
  const linked = [a.socket.routingTable?.size, b.socket.routingTable?.size]
  const pruneWatermark = [a.socket.close(), b.socket.close()]
  await pass(network, 5000, 500)
  await Promise.all(pruneWatermark)
  return textOf(name, [received, linked])
}

async function descriptions(name: string): Promise<string> {
  const [one, same, other] = [name, name, `${name} `].map((description) =>
    createSubnet({ description, security: 'plaintext' }),
  )
  if (!one || !same || !other) throw new RangeError('Three subnets were asked for.')
  const differences = [
    subnetDifference(one, same),
    subnetDifference(one, other),
    one.id === same.id,
    one.id.length > 40,
  ]
  const network = createNetwork(1)
  const nodes = []
  for (const [host, description] of [
    ['a', name],
    ['b', name],
    ['c', `${name} `],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    nodes.push(await startMesh(network, host, { subnet: description }))
  }
  for (const { socket } of nodes.slice(1)) socket.connect('a', nodePort).catch(() => undefined)
  await pass(network, 2000)
  const sizes = nodes.map(({ socket }) => socket.routingTable?.size)
  const pruneWatermark = nodes.map(({ socket }) => socket.close())
  await pass(network, 5000, 500)
  await Promise.all(pruneWatermark)
  return textOf(name, [differences, sizes])
}
