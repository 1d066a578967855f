// What a user writes: small programs, each of which ends by itself and prints one line.

const twoNodes = `
const options = { transports: [tcp()], listen: { port: 0 }, keyEncoding: 'utf8', valueEncoding: 'json' }
async function main() {
  const anna = new SyncSocket(options)
  const bert = new SyncSocket(options)
  await anna.listen()
  await bert.connect('127.0.0.1', anna.addresses[0].port)
  const told = new Promise((resolve) => bert.once('change', resolve))
  anna.set('job/17', { state: 'running' })
  const { key, value } = await told
  await Promise.all([anna.close(), bert.close()])
  console.log(key, value.state)
}
`

/** Two nodes that share a key, as an ES module and as a CommonJS one. */
export const twoNodesPrinted = 'job/17 running\n'
export const twoNodesEsm: string = `import { SyncSocket, tcp } from 'ts2p'\n${twoNodes}\nawait main()\n`
export const twoNodesCjs: string = `const { SyncSocket, tcp } = require('ts2p')\n${twoNodes}\nmain()\n`

const twoStores = `
const idOf = (owner) => String(owner[0])
const one = new Store({ owner: new Uint8Array(32).fill(1), idOf })
const two = new Store({ owner: new Uint8Array(32).fill(2), idOf })
const now = Date.UTC(2027, 0, 1)
const [record] = one.set('key', Uint8Array.of(7), now).records
console.log(two.apply(record, now).outcome, two.get('key').length)
`

/** Two stores, one of which takes in what the other wrote. */
export const storePrinted = 'accepted 1\n'
export const storeEsm: string = `import { Store } from '@ts2p/store'\n${twoStores}`
export const storeCjs: string = `const { Store } = require('@ts2p/store')\n${twoStores}`

/** Loads packages by both ways: the same module, with something in it. */
export function loadsAll(names: readonly string[]): string {
  return `
async function main() {
  for (const name of ${JSON.stringify(names)}) {
    const required = require(name)
    if (required !== (await import(name)) || Object.keys(required).length === 0) throw new Error(name)
  }
  console.log(${names.length})
}
main()
`
}

/** The names of js2p, for who has installed ts2p in its place. */
export const namesOfJs2pPrinted = 'key value\n'
export const namesOfJs2p = `
const { base, sync } = require('js2p')
const create = () => new sync.sync_socket('127.0.0.1', 0, true, new base.protocol('an app', 'Plaintext'))
const [anna, bert] = [create(), create()]
anna.ready.then(() => bert.connect(...anna.addr))
bert.on('update', (conn, key, value) => {
  console.log(key.toString(), value.toString())
  anna.close()
  conn.close()
})
anna.set('key', 'value')
`

/** Compiled, never run: types of values, of options, and of an error. */
export const typed = `
import { LeaseHeldError, SyncSocket, tcp } from 'ts2p'
interface Task { readonly state: 'waiting' | 'running' }
const node = new SyncSocket<string, Task>({ transports: [tcp()], keyEncoding: 'utf8', valueEncoding: 'json' })
node.set('a', { state: 'waiting' })
// @ts-expect-error: not a state of a task
node.set('a', { state: 'sleeping' })
export const state: 'waiting' | 'running' | undefined = node.get('a')?.state
export const isHeld = (error: unknown): string => (error instanceof LeaseHeldError ? error.owner : '')
`

/** A page that joins through a WebSocket. */
export const page = '<!doctype html><title>page</title><script type="module" src="./page.js"></script>\n'
export const pageScript = `
import { SyncSocket, websocket } from 'ts2p'
const node = new SyncSocket({ transports: [websocket()], keyEncoding: 'utf8', valueEncoding: 'json' })
node.on('change', ({ key }) => document.body.append(key))
void node.connect(location.hostname, Number(location.hash.slice(1)))
`
