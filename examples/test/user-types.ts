// Compiled, never run: what users write has the types that they expect.
import { SyncSocket } from '@ts2p/sync'
import type { Encoding } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { sync } from 'ts2p'

interface Task {
  readonly state: 'waiting' | 'running'
}

/** Accepts only a value of exactly this type. */
type Exactly<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function holds<_ extends true>(): void {}

const transports = [tcp()]

// Bytes, unless something else is said; strings are taken for their UTF-8.
const plain = new SyncSocket({ transports })
plain.set('key', 'value').set(new Uint8Array([1]), new Uint8Array([2]))
const bytes = plain.get('key')
holds<Exactly<typeof bytes, Uint8Array | undefined>>()
const orNull = plain.get('key', null)
holds<Exactly<typeof orNull, Uint8Array | null>>()

// Types of one's own.
const tasks = new SyncSocket<string, Task>({ transports, keyEncoding: 'utf8', valueEncoding: 'json' })
tasks.set('a', { state: 'waiting' })
const task = tasks.get('a')
holds<Exactly<typeof task, Task | undefined>>()
for (const [key, value] of tasks) holds<Exactly<[typeof key, typeof value], [string, Task]>>()
tasks.on('update', ({ key, value, timestamp }) => {
  holds<Exactly<[typeof key, typeof value, typeof timestamp], [string, Task, number]>>()
})
// @ts-expect-error: not a state of a task
tasks.set('a', { state: 'sleeping' })
// @ts-expect-error: keys are strings here
tasks.get(new Uint8Array([1]))
// @ts-expect-error: strings are not what the encoding 'binary' gives
const wrong = new SyncSocket<string, Task>({ transports, keyEncoding: 'binary', valueEncoding: 'json' })
void wrong

// An encoding of one's own gives the type.
const dates: Encoding<Date> = {
  name: 'date',
  encode: (date) => new TextEncoder().encode(date.toISOString()),
  decode: (encoded) => new Date(new TextDecoder().decode(encoded)),
}
const birthdays = new SyncSocket<string, Date>({ transports, keyEncoding: 'utf8', valueEncoding: dates })
const birthday = birthdays.get('anna')
holds<Exactly<typeof birthday, Date | undefined>>()

// The names of js2p.
const sock = new sync.sync_socket('127.0.0.1', 0, false)
sock.on('update', (conn, key, new_data, meta) => {
  holds<Exactly<typeof conn, sync.sync_socket>>()
  const line: string = `${key.toString()} ${new_data.toString()} ${meta.owner} ${meta.timestamp}`
  return line
})
