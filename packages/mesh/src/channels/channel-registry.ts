import { ArgumentError } from '@ts2p/base'
import { channelNumber, createSubnet } from '@ts2p/protocol'
import type { Security, Subnet, Term } from '@ts2p/protocol'
import { TermsFixedError } from '../errors.ts'
import type { ChannelHandler } from './channel.ts'

/** The handlers of the open channels, by their numbers, and the subnet that follows from their terms. It sends nothing. */
export class ChannelRegistry {
  readonly #description: string
  readonly #security: Security
  readonly #handlers = new Map<number, ChannelHandler>()
  readonly #terms: Term[]
  #subnet: Subnet | undefined

  /**
   * @param options.description the application's description of its subnet
   * @param options.terms of the mesh itself
   */
  constructor(options: { description: string; security: Security; terms: readonly Term[] }) {
    this.#description = options.description
    this.#terms = [...options.terms]
    this.#security = options.security
  }

  /** What nodes must have in common with this one. From here on terms cannot be added. */
  get subnet(): Subnet {
    const [description, security, terms] = [this.#description, this.#security, this.#terms]
    this.#subnet ??= createSubnet({ description, security, terms })
    return this.#subnet
  }

  /** Adds a channel with the terms of its handler. @returns the channel's number @throws {ArgumentError} @throws {TermsFixedError} */
  add(name: string, handler: ChannelHandler): number {
    if (typeof name !== 'string' || name === '')
      throw new ArgumentError('name', 'a text of at least one character', name)
    const number = channelNumber(name)
    if (this.#handlers.has(number)) throw new ArgumentError('name', 'a channel that is not open yet', name)
    const terms = Object.entries(handler.terms ?? {}).map(([term, value]) => ({ name: `${name}.${term}`, value }))
    if (terms.length > 0 && this.#subnet) throw new TermsFixedError(name)
    this.#assertValid([...this.#terms, ...terms])
    this.#terms.push(...terms)
    this.#handlers.set(number, handler)
    return number
  }

  /** Removes a channel. Its terms stay part of the subnet. */
  remove(number: number): void {
    this.#handlers.delete(number)
  }

  /** The handler of a channel; undefined if the channel is not open here. */
  find(number: number): ChannelHandler | undefined {
    return this.#handlers.get(number)
  }

  [Symbol.iterator](): Iterator<[number, ChannelHandler]> {
    return this.#handlers.entries()
  }

  #assertValid(terms: readonly Term[]): void {
    try {
      createSubnet({ description: this.#description, security: this.#security, terms })
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error)
      throw new ArgumentError('terms', `at most 32 short texts (${fault})`, terms.map(({ name }) => name).join(', '))
    }
  }
}
