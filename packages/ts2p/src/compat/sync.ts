/**
 * The dictionary, by the names and argument orders of js2p.
 *
 * @module
 */
import { SyncSocket } from '@ts2p/sync'
import { protocol } from './base.ts'
import { bufferOf } from './buffers.ts'
import type { BufferLike } from './buffers.ts'
import { named_socket, optionsOf } from './named-socket.ts'
import type { AddressPair, Layered, SocketEvents } from './named-socket.ts'

/** What may be given as a key or value. */
export type Binary = string | Uint8Array

/** Who made a change, and when: seconds since 1970, UTC. */
export interface meta {
  owner: string
  timestamp: number
}

export interface SyncEvents extends SocketEvents<sync_socket> {
  update: [conn: sync_socket, key: BufferLike, new_data: BufferLike, meta: meta]
  delete: [conn: sync_socket, key: BufferLike]
}

/** A dictionary that every node of the network holds, bound at once. Keys and values come out as Buffers. */
export class sync_socket extends named_socket<SyncEvents> {
  override readonly ready: Promise<void>
  readonly #layered: SyncSocket

  /**
   * @param addr host to listen on; null to dial only
   * @param port port to listen on; 0 for any
   * @param leasing whether what a node has set is protected from the others for an hour
   * @param prot default subnet 'sync', 'Plaintext'
   * @param out_addr address and port by which others reach this node
   * @param debug_level above 0: more in the log
   */
  constructor(
    addr: string | null,
    port: number | null,
    leasing = true,
    prot: protocol = new protocol('sync', 'Plaintext'),
    out_addr: AddressPair | null = null,
    debug_level = 0,
  ) {
    const position = { addr, port, protocol: prot, outAddr: out_addr, debugLevel: debug_level }
    super(position)
    this.#layered = new SyncSocket({ ...optionsOf(position), leasing })
    this.#layered.on('connect', () => this.tell('connect', this))
    this.#layered.on('message', () => this.tell('message', this))
    this.#layered.on('update', ({ key, value, owner, timestamp }) =>
      this.tell('update', this, bufferOf(key), bufferOf(value), { owner, timestamp }),
    )
    this.#layered.on('delete', ({ key }) => this.tell('delete', this, bufferOf(key)))
    this.ready = this.watched(this.#layered.listen())
  }

  /** How many keys have a value. */
  get size(): number {
    return this.#layered.size
  }

  get(key: Binary): BufferLike | undefined
  get<F>(key: Binary, fallback: F): BufferLike | F
  get<F>(key: Binary, fallback?: F): BufferLike | F | undefined {
    const value = this.#layered.get(key)
    return value === undefined ? fallback : bufferOf(value)
  }

  has(key: Binary): boolean {
    return this.#layered.has(key)
  }

  set(key: Binary, value: Binary): void {
    this.#layered.set(key, value)
  }

  /** Returns whether there was a value. */
  del(key: Binary): boolean {
    return this.#layered.del(key)
  }

  update(update_dict: Iterable<readonly [Binary, Binary]> | Readonly<Record<string, Binary>>): void {
    this.#layered.update(update_dict)
  }

  setdefault(key: Binary, value: Binary): BufferLike {
    return bufferOf(this.#layered.setdefault(key, value))
  }

  pop(key: Binary): BufferLike
  pop<F>(key: Binary, fallback: F): BufferLike | F
  pop<F>(...[key, ...fallback]: [key: Binary, fallback?: F]): BufferLike | F | undefined {
    const value = fallback.length === 0 ? this.#layered.pop(key) : this.#layered.pop(key, undefined)
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

  protected override get layered(): Layered {
    return this.#layered
  }

  protected override tellError(error: Error): void {
    this.tell('error', this, error)
  }
}
