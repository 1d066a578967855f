import { ArgumentError, callIsolated } from '@ts2p/base'
import type { Connection } from '@ts2p/base'
import { channelNumber, createSubnet, OutgoingEnvelope } from '@ts2p/protocol'
import type { NodeId, Security, Subnet, Term } from '@ts2p/protocol'
import { TermsFixedError } from '../errors.ts'
import { Channel } from './channel.ts'
import type { ChannelHandler, Verdict } from './channel.ts'

/** The channels of a node, by their numbers, and the subnet that follows from their terms. */
export class Channels {
  readonly #broadcast: (channel: number, payload: Uint8Array) => number
  readonly #report: (code: string, message: string) => void
  readonly #description: string
  readonly #security: Security
  readonly #open = new Map<number, ChannelHandler>()
  readonly #terms: Term[] = []
  #subnet: Subnet | undefined

  constructor(options: {
    /** The application's description of its subnet. */
    description: string
    security: Security
    /** Sends a message of a channel to all. @returns to how many neighbors */
    broadcast: (channel: number, payload: Uint8Array) => number
    report: (code: string, message: string) => void
  }) {
    this.#description = options.description
    this.#security = options.security
    this.#broadcast = options.broadcast
    this.#report = options.report
  }

  /** What nodes must have in common with this one. From here on terms cannot be added. */
  get subnet(): Subnet {
    const [description, security, terms] = [this.#description, this.#security, this.#terms]
    this.#subnet ??= createSubnet({ description, security, terms })
    return this.#subnet
  }

  /** @throws {ArgumentError} @throws {TermsFixedError} */
  open(name: string, handler: ChannelHandler): Channel {
    if (typeof name !== 'string' || name === '')
      throw new ArgumentError('name', 'a text of at least one character', name)
    const number = channelNumber(name)
    if (this.#open.has(number)) throw new ArgumentError('name', 'a channel that is not open yet', name)
    const terms = Object.entries(handler.terms ?? {}).map(([term, value]) => ({ name: `${name}.${term}`, value }))
    if (terms.length > 0 && this.#subnet) throw new TermsFixedError(name)
    this.#assertValid([...this.#terms, ...terms])
    this.#terms.push(...terms)
    this.#open.set(number, handler)
    return new Channel(name, {
      broadcast: (payload) => this.#broadcast(number, payload),
      send: (peer, payload, isUrgent) =>
        peer.send(new OutgoingEnvelope('whisper', payload, { channel: number, isUrgent })),
      report: this.#report,
      close: () => void this.#open.delete(number),
    })
  }

  /** Judges a broadcast of a channel; one of a channel that is not open here is ignored. @throws {ProtocolError} */
  onBroadcast(channel: number, payload: Uint8Array, arrival: { source: NodeId; from: Connection }): Verdict {
    return this.#open.get(channel)?.onBroadcast?.(payload, arrival) ?? 'ignore'
  }

  /** Takes a neighbor's message of a channel. @throws {ProtocolError} */
  onMessage(channel: number, payload: Uint8Array, from: Connection): Verdict {
    return this.#open.get(channel)?.onMessage?.(payload, from) ?? 'ignore'
  }

  onPeerUp(peer: Connection): void {
    this.#tell((handler) => handler.onPeerUp?.(peer))
  }

  onPeerDown(peer: Connection): void {
    this.#tell((handler) => handler.onPeerDown?.(peer))
  }

  onDrain(peer: Connection): void {
    this.#tell((handler) => handler.onDrain?.(peer))
  }

  onSweep(now: number): void {
    this.#tell((handler) => handler.onSweep?.(now))
  }

  /** A layer that fails does not keep others from being called. */
  #tell(call: (handler: ChannelHandler) => void): void {
    for (const [number, handler] of this.#open) {
      callIsolated(
        () => call(handler),
        (error) => this.#report('channel-failed', `The layer on channel ${number} failed: ${String(error)}`),
      )
    }
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
