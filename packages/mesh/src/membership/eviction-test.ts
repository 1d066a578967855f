import type { BaseSocket, Connection } from '@ts2p/base'
import { RefusedError } from '@ts2p/base'
import { addressToString } from '@ts2p/protocol'
import type { AddressBook } from './address-book.ts'

/** Dials a node of the address book once more before the book evicts it for another. */
export class EvictionTest {
  readonly #base: BaseSocket
  readonly #book: AddressBook
  #address: string | undefined

  constructor(options: { base: BaseSocket; book: AddressBook }) {
    this.#base = options.base
    this.#book = options.book
  }

  /** Whether a connection was made for the test. Such a connection must not replace another one. */
  isOf({ remote }: Connection): boolean {
    return remote === this.#address
  }

  /** Begins the test that is due, if none is under way. */
  runMaintenance(): void {
    const test = this.#book.toTest
    if (!test || this.#address !== undefined) return
    if (this.#base.connections.has(test.id)) return this.#book.endTest(true)
    this.#address = addressToString(test.address)
    this.#base.attempt({
      address: test.address,
      resolve: ({ id }) => this.#end(id === test.id),
      // A node that refuses is there; one without a slot for strangers does not even say who it is. Without any link, this node's own line
      // may be down.
      reject: (error) =>
        this.#end(
          error instanceof RefusedError
            ? error.peerId === undefined || error.peerId === test.id
            : this.#base.connections.size === 0,
        ),
    })
  }

  #end(isThere: boolean): void {
    this.#address = undefined
    this.#book.endTest(isThere)
  }
}
