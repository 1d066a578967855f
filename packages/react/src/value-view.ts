import type { Deletion, Input, SyncSocket, Update } from '@ts2p/sync'
import { compare } from './comparison.ts'
import { keyName, namesOf } from './key-name.ts'
import { whenReady } from './readiness.ts'
import { View } from './view.ts'

/** The value of one key. */
export class ValueView<K, V> extends View<K, V, V | undefined> {
  readonly #key: Input<K>
  readonly #names: ReadonlySet<string>
  #value: V | undefined

  constructor(socket: SyncSocket<K, V>, key: Input<K>) {
    super(socket)
    this.#key = key
    this.#names = namesOf(key)
  }

  protected override current(): V | undefined {
    return this.#value
  }

  protected override refresh(unknown: 'keep' | 'replace'): void {
    const value = whenReady(() => this.socket.get(this.#key), undefined)
    const found = compare(this.#value, value)
    if (found === 'different' || (found === 'unknown' && unknown === 'replace')) this.#value = value
  }

  protected override start(): void {
    this.socket.on('update', this.#onUpdate)
    this.socket.on('delete', this.#onDelete)
  }

  protected override stop(): void {
    this.socket.off('update', this.#onUpdate)
    this.socket.off('delete', this.#onDelete)
  }

  readonly #onUpdate = ({ key, value }: Update<K, V>): void => {
    if (!this.#isMine(key) || compare(this.#value, value) === 'same') return
    this.#value = value
    this.tell()
  }

  readonly #onDelete = ({ key }: Deletion<K>): void => {
    if (!this.#isMine(key)) return
    this.#value = undefined
    this.tell()
  }

  #isMine(key: K): boolean {
    return this.#names.has(keyName(key))
  }
}
