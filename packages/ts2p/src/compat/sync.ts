/**
 * The dictionary, by the names and argument orders of js2p.
 *
 * @module
 */
import { ArgumentError } from '@ts2p/base'
import { SyncSocket } from '@ts2p/sync'
import { protocol } from './base.ts'
import { binaryOf, bufferOf } from './buffers.ts'
import type { Binary, BufferLike } from './buffers.ts'
import type { AddressPair } from './mesh-connection.ts'
import { named_socket } from './named-socket.ts'
import type { SocketEvents } from './named-socket.ts'
import { optionsOf, runtimeFor } from './position.ts'
import type { Runtime } from './position.ts'

/** Who made a change, and when: seconds since 1970, UTC. */
export interface meta {
  owner: string
  timestamp: number
}

type BinaryEntries = Iterable<readonly [Binary, Binary]> | Readonly<Record<string, Binary>>

export interface SyncEvents extends SocketEvents<sync_socket> {
  update: [conn: sync_socket, key: BufferLike, new_data: BufferLike, meta: meta]
  delete: [conn: sync_socket, key: BufferLike]
  /** Another node holds a key that this one held: the two set it before they had heard of each other. */
  'lease-lost': [conn: sync_socket, key: BufferLike, owner: string]
}

/** A dictionary that every node of the network holds, bound at once. Keys and values come out as Buffers. */
export class sync_socket extends named_socket<SyncEvents> {
  readonly #layered: SyncSocket

  /**
   * @param addr host to listen on; null to dial only
   * @param port port to listen on; 0 for any
   * @param leasing whether what a node has set is protected from the others for an hour; any value, taken as true or false
   * @param prot default subnet 'sync', 'Plaintext'
   * @param out_addr address and port by which others reach this node
   * @param debug_level above 0: more in the log
   * @param runtime clock and transports of a simulation; default the platform's
   */
  constructor(
    addr: string | null,
    port: number | null,
    leasing: unknown = true,
    prot?: protocol | null,
    out_addr?: AddressPair | null,
    debug_level?: number,
    runtime?: Runtime,
  ) {
    const network = prot ?? new protocol('sync', 'Plaintext')
    const position = { addr, port, protocol: network, outAddr: out_addr, debugLevel: debug_level }
    const used = runtime ?? runtimeFor(position)
    const layered = new SyncSocket({ ...optionsOf(position, used), leasing: Boolean(leasing), catchUpMs: 0 })
    super(position, used.environment, layered)
    this.#layered = layered
    layered.on('connect', () => this.emitIsolated('connect', this))
    layered.on('message', () => this.emitIsolated('message', this))
    layered.on('change', ({ key, value, owner, at }) => {
      if (value === undefined) this.emitIsolated('delete', this, bufferOf(key))
      else this.emitIsolated('update', this, bufferOf(key), bufferOf(value), { owner, timestamp: at / 1000 })
    })
    layered.on('lease-lost', ({ key, owner }) => this.emitIsolated('lease-lost', this, bufferOf(key), owner))
  }

  /** How many keys have a value. */
  get size(): number {
    return this.#layered.size
  }

  get(key: Binary): BufferLike | undefined
  get<F>(key: Binary, fallback: F): BufferLike | F
  get<F>(key: Binary, fallback?: F): BufferLike | F | undefined {
    const value = this.#layered.get(keyOf(key))
    return value === undefined ? fallback : bufferOf(value)
  }

  has(key: Binary): boolean {
    return this.#layered.has(keyOf(key))
  }

  set(key: Binary, value: Binary): void {
    this.#layered.set(keyOf(key), valueOf(value))
  }

  /** Returns whether there was a value. */
  del(key: Binary): boolean {
    return this.#layered.del(keyOf(key))
  }

  update(update_dict: BinaryEntries): void {
    this.#layered.update(pairsOf(update_dict))
  }

  setdefault(key: Binary, value: Binary): BufferLike {
    return bufferOf(this.#layered.setdefault(keyOf(key), valueOf(value)))
  }

  pop(key: Binary): BufferLike
  pop<F>(key: Binary, fallback: F): BufferLike | F
  pop<F>(...[key, ...fallback]: [key: Binary, fallback?: F]): BufferLike | F | undefined {
    const value = fallback.length === 0 ? this.#layered.pop(keyOf(key)) : this.#layered.pop(keyOf(key), undefined)
    return value === undefined ? fallback[0] : bufferOf(value)
  }

  popitem(): [BufferLike, BufferLike] {
    const [key, value] = this.#layered.popitem()
    return [bufferOf(key), bufferOf(value)]
  }

  clear(): void {
    this.#layered.clear()
  }

  *keys(): Generator<BufferLike, void, undefined> {
    for (const key of this.#layered.keys()) yield bufferOf(key)
  }

  *values(): Generator<BufferLike, void, undefined> {
    for (const value of this.#layered.values()) yield bufferOf(value)
  }

  *items(): Generator<[BufferLike, BufferLike], void, undefined> {
    for (const [key, value] of this.#layered.items()) yield [bufferOf(key), bufferOf(value)]
  }

  /** The keys, as a Python dict is iterated. */
  [Symbol.iterator](): Generator<BufferLike, void, undefined> {
    return this.keys()
  }

  /** Keys, as text, with their values. */
  copy(): Map<string, BufferLike> {
    return new Map([...this.items()].map(([key, value]) => [key.toString(), value]))
  }

  /** Keeps the leases: those of js2p last their hour. */
  protected override closeLayered(): Promise<void> {
    return this.#layered.close({ release: false })
  }

  protected override tellError(error: Error): void {
    this.emitIsolated('error', this, error)
  }
}

/** @throws {ArgumentError} */
function keyOf(key: Binary): string | Uint8Array {
  return binaryOf('key', key)
}

/** @throws {ArgumentError} */
function valueOf(value: Binary): string | Uint8Array {
  return binaryOf('value', value)
}

/** @throws {ArgumentError} */
function* pairsOf(entries: BinaryEntries): Generator<[string | Uint8Array, string | Uint8Array], void, undefined> {
  const expectation = 'an object, a Map, or another iterable of pairs'
  if (typeof entries !== 'object' || entries === null) throw new ArgumentError('update_dict', expectation, entries)
  for (const pair of Symbol.iterator in entries ? entries : Object.entries(entries)) {
    if (!Array.isArray(pair) || pair.length !== 2) throw new ArgumentError('update_dict', expectation, pair)
    yield [keyOf(pair[0]), valueOf(pair[1])]
  }
}
