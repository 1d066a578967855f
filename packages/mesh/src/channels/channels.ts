import { callIsolated, ClosedError } from '@ts2p/base'
import type { Connection, Failure } from '@ts2p/base'
import { OutgoingEnvelope } from '@ts2p/protocol'
import { Channel } from './channel.ts'
import type { BroadcastArrival, ChannelHandler, SentBroadcast, Verdict } from './channel.ts'
import type { ChannelRegistry } from './channel-registry.ts'

/** Opens the channels of a node, and calls their handlers. */
export class Channels {
  readonly #registry: ChannelRegistry
  readonly #broadcast: (channel: number, payload: Uint8Array, statement: Uint8Array | undefined) => SentBroadcast
  readonly #report: (code: string, message: string, failure?: Failure) => void
  /** The layers are done with sending, after a close. */
  #isEnded = false

  constructor(options: {
    registry: ChannelRegistry
    /** Sends a broadcast of a channel. */
    broadcast: (channel: number, payload: Uint8Array, statement: Uint8Array | undefined) => SentBroadcast
    report: (code: string, message: string, failure?: Failure) => void
  }) {
    this.#registry = options.registry
    this.#broadcast = options.broadcast
    this.#report = options.report
  }

  /** @throws {ArgumentError} @throws {TermsFixedError} */
  open(name: string, handler: ChannelHandler): Channel {
    const number = this.#registry.add(name, handler)
    return new Channel(name, {
      broadcast: (payload, statement) => {
        if (this.#isEnded) throw new ClosedError('send')
        return this.#broadcast(number, payload, statement)
      },
      send: (peer, payload, isUrgent) =>
        peer.send(new OutgoingEnvelope('whisper', payload, { channel: number, isUrgent })),
      report: this.#report,
      close: () => this.#registry.remove(number),
    })
  }

  /** Judges a broadcast of a channel; one of a channel that is not open here is ignored. @throws {ProtocolError} */
  onBroadcast(channel: number, payload: Uint8Array, arrival: BroadcastArrival): Verdict {
    return this.#registry.find(channel)?.onBroadcast?.(payload, arrival) ?? 'ignore'
  }

  /** Takes a neighbor's message of a channel. @throws {ProtocolError} */
  onMessage(channel: number, payload: Uint8Array, from: Connection): Verdict {
    return this.#registry.find(channel)?.onMessage?.(payload, from) ?? 'ignore'
  }

  onPeerUp(peer: Connection): void {
    this.#callAll((handler) => handler.onPeerUp?.(peer))
  }

  onPeerDown(peer: Connection): void {
    this.#callAll((handler) => handler.onPeerDown?.(peer))
  }

  onDrain(peer: Connection): void {
    this.#callAll((handler) => handler.onDrain?.(peer))
  }

  /** The socket was closed. @returns what resolves once all layers are done with sending; undefined if none sends anymore */
  onClose(): Promise<void> | undefined {
    const drains: Promise<void>[] = []
    this.#callAll((handler) => {
      const drain = handler.onClose?.()
      if (drain) drains.push(drain)
      return drain
    })
    this.#isEnded = drains.length === 0
    if (this.#isEnded) return undefined
    return this.#drain(drains)
  }

  onMaintenance(now: number): void {
    this.#callAll((handler) => handler.onMaintenance?.(now))
  }

  async #drain(drains: readonly Promise<void>[]): Promise<void> {
    await Promise.allSettled(drains)
    this.#isEnded = true
  }

  /** A layer that fails does not keep others from being called. */
  #callAll(call: (handler: ChannelHandler) => unknown): void {
    for (const [number, handler] of this.#registry) {
      callIsolated(
        () => call(handler),
        (error) => this.#report('channel-failed', `The layer on channel ${number} failed: ${String(error)}`, { error }),
      )
    }
  }
}
