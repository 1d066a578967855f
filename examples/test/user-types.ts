// Compiled in a user's project, never run: what users write has the types that they expect.
import { discoverLocally } from '@ts2p/discovery-mdns'
import type { Discovery } from '@ts2p/discovery-mdns'
import { election, lock } from '@ts2p/locks'
import type { Election, Lock } from '@ts2p/locks'
import { MeshSocket } from '@ts2p/mesh'
import type { Message, Peer } from '@ts2p/mesh'
import type { NodeId } from '@ts2p/protocol'
import { LeaseHeldError } from '@ts2p/store'
import { json, SyncSocket, utf8 } from '@ts2p/sync'
import type { Encoding, LeaseInfo, DictionaryChange, Json } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { websocket } from '@ts2p/transport-websocket'
import { SyncSocket as UmbrellaSyncSocket, sync } from 'ts2p'

interface Task {
  readonly state: 'waiting' | 'running'
}

/** Whether two types are the same, to the letter: `any` anywhere in one of them makes a difference. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- only as the results of such functions are types compared so
type Exactly<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** For `holds(true satisfies Exactly<…>)`, which compiles only if they are. */
function holds(fact: true): void {
  void fact
}

const transports = [tcp(), websocket()]

// Bytes, unless something else is said; strings are taken for their UTF-8.
const plain = new SyncSocket({ transports })
plain.set('key', 'value').set(new Uint8Array([1]), new Uint8Array([2]))
const bytes = plain.get('key')
holds(true satisfies Exactly<typeof bytes, Uint8Array | undefined>)
const bytesOrNull = plain.get('key', null)
holds(true satisfies Exactly<typeof bytesOrNull, Uint8Array | null>)

// Types of one's own.
const tasks = new SyncSocket<string, Task>({ transports, keyEncoding: 'utf8', valueEncoding: 'json' })
tasks.set('a', { state: 'waiting' }).update({ b: { state: 'running' } })
const task = tasks.get('a')
holds(true satisfies Exactly<typeof task, Task | undefined>)
// A lock needs no value where strings are values, and one of the right type where they are not.
async function readLocks(): Promise<void> {
  const held = await lock(plain, 'lock', { signal: AbortSignal.timeout(1000) })
  holds(true satisfies Exactly<typeof held, Lock>)
  await fetch('http://localhost', { signal: held.signal, headers: { token: held.token } })
  await lock(tasks, 'lock', { value: { state: 'running' } })
  // @ts-expect-error: a task is no string
  await lock(tasks, 'lock')
  // @ts-expect-error: not a state of a task
  await lock(tasks, 'lock', { value: { state: 'asleep' } })
  const standing = election(tasks, 'leader', { value: { state: 'running' } })
  holds(true satisfies Exactly<typeof standing, Election<Task>>)
  standing.on('leader', (leader) => holds(true satisfies Exactly<typeof leader, typeof standing.leader>))
  const ofBytes = election(plain, 'leader', { value: 'a string stands for its bytes' })
  holds(true satisfies Exactly<typeof ofBytes, Election<Uint8Array>>)
}
void readLocks

// The types of keys and values follow from the encodings.
async function open(): Promise<void> {
  const named = await SyncSocket.open({
    transports,
    listen: 4444,
    join: 'tcp://10.0.0.7:4444',
    keyEncoding: 'utf8',
    valueEncoding: 'json',
  })
  holds(true satisfies Exactly<typeof named, SyncSocket<string, Json>>)
  const ofTasks = await SyncSocket.open(
    { transports, keyEncoding: utf8, valueEncoding: json<Task>() },
    { timeoutMs: 5000 },
  )
  holds(true satisfies Exactly<typeof ofTasks, SyncSocket<string, Task>>)
  const told = await SyncSocket.open<string, Task>({ transports, keyEncoding: 'utf8', valueEncoding: 'json' })
  holds(true satisfies Exactly<typeof told, SyncSocket<string, Task>>)
  const ofBytes = await SyncSocket.open({ transports })
  holds(true satisfies Exactly<typeof ofBytes, SyncSocket>)
  await named.connect('tcp://10.0.0.7:4444', { signal: AbortSignal.timeout(1000), timeoutMs: 500 })
  ofTasks.set('a', { state: 'waiting' }, { leaseSeconds: 5, ephemeral: true, ifToken: ofTasks.token('a') ?? null })
  // @ts-expect-error: not a state of a task
  ofTasks.set('a', { state: 'asleep' })
  // @ts-expect-error: there is no such option
  void SyncSocket.open({ transports, valueEncodng: 'json' })
  const remove = named.handle('sum', ({ x, y }: { x: number; y: number }, { from, signal }) => {
    holds(true satisfies Exactly<[typeof from, typeof signal], [NodeId, AbortSignal]>)
    return x + y
  })
  holds(true satisfies Exactly<typeof remove, () => void>)
  const sum = await named.call<number>(named.id, 'sum', { x: 1, y: 2 })
  holds(true satisfies Exactly<typeof sum, number>)
  for (const [id, peer] of named.peers) holds(true satisfies Exactly<[typeof id, typeof peer], [NodeId, Peer]>)
  named.on('change', () => undefined, { signal: AbortSignal.timeout(1000) })
}
void open
const popped = tasks.pop('a')
holds(true satisfies Exactly<typeof popped, Task>)
const tasksNow = tasks.copy()
holds(true satisfies Exactly<typeof tasksNow, Map<string, Task>>)
const lease = tasks.lease('a')
holds(true satisfies Exactly<typeof lease, LeaseInfo | undefined>)
for (const [key, value] of tasks) holds(true satisfies Exactly<[typeof key, typeof value], [string, Task]>)
tasks.on('change', (change) => {
  holds(true satisfies Exactly<typeof change, DictionaryChange<string, Task>>)
  if (change.type === 'set') holds(true satisfies Exactly<typeof change.value, Task>)
  holds(true satisfies Exactly<typeof change.previous, Task | undefined>)
  holds(true satisfies Exactly<typeof change.at, number>)
})

async function readChanges(): Promise<void> {
  for await (const change of tasks.watch('job/')) {
    if (change.type === 'set') holds(true satisfies Exactly<typeof change.value, Task>)
    else holds(true satisfies Exactly<typeof change.value, undefined>)
  }
}
void readChanges

// @ts-expect-error: not a state of a task
tasks.set('a', { state: 'sleeping' })
// @ts-expect-error: keys are strings here
tasks.get(new Uint8Array([1]))
// @ts-expect-error: there is no such event
tasks.on('updated', () => undefined)
// @ts-expect-error: without a transport a socket can reach nobody
void new SyncSocket({})
// @ts-expect-error: keys that are strings are not what the encoding 'binary' gives
void new SyncSocket<string, Task>({ transports, keyEncoding: 'binary', valueEncoding: 'json' })
// @ts-expect-error: values that are tasks are not what the encoding 'utf8' gives
void new SyncSocket<string, Task>({ transports, keyEncoding: 'utf8', valueEncoding: 'utf8' })
// @ts-expect-error: there is no encoding of that name
void new SyncSocket<string, string>({ transports, keyEncoding: 'utf8', valueEncoding: 'latin1' })

// An encoding of one's own gives the type, and so do those that are imported.
const dates: Encoding<Date> = {
  name: 'date',
  encode: (date) => new TextEncoder().encode(date.toISOString()),
  decode: (encoded) => new Date(new TextDecoder().decode(encoded)),
}
const birthdays = new SyncSocket({ transports, keyEncoding: utf8, valueEncoding: dates })
const birthday = birthdays.get('anna')
holds(true satisfies Exactly<typeof birthday, Date | undefined>)

// Errors say what they know.
try {
  tasks.del('a')
} catch (error) {
  if (error instanceof LeaseHeldError) {
    holds(
      true satisfies Exactly<
        [typeof error.code, typeof error.owner, typeof error.expiresAt],
        ['LEASE_HELD', string, number]
      >,
    )
  }
}

// Messages.
const node = new MeshSocket({ transports, listen: [{ transport: 'tcp' }, { transport: 'ws', port: 4444 }] })
node.registerHandler((message) => {
  holds(true satisfies Exactly<typeof message, Message>)
  return message.type === 'mine'
})
const [one, some] = [node.recv(), node.recv(10)]
holds(true satisfies Exactly<[typeof one, typeof some], [Message | undefined, Message[]]>)
// @ts-expect-error: a message goes to all or to the neighbors
node.send(['hello'], { flag: 'shout' })

// Either kind of node can be found on the local network.
const discoveries = [discoverLocally(node), discoverLocally(tasks, { linksWanted: 1 })]
holds(true satisfies Exactly<typeof discoveries, Discovery[]>)

// The umbrella has the layers themselves, and the names of js2p.
holds(true satisfies Exactly<typeof UmbrellaSyncSocket, typeof SyncSocket>)
const sock = new sync.sync_socket('127.0.0.1', 0, false)
sock.on('update', (conn, key, new_data, meta) => {
  holds(true satisfies Exactly<typeof conn, sync.sync_socket>)
  holds(true satisfies Exactly<[typeof meta.owner, typeof meta.timestamp], [string, number]>)
  return `${key.toString()} ${new_data.toString()}`
})
// @ts-expect-error: a port is a number
void new sync.sync_socket('127.0.0.1', '4444')
