import type { Connection } from '@ts2p/base'
import { addressToString } from '@ts2p/protocol'
import type { Binary } from './buffers.ts'

/** An address and a port. */
export type AddressPair = readonly [address: string, port: number]

type Send = (flag: string | number, packets: readonly (Binary | number)[]) => Promise<void>

/** A link with another node: a value of `routing_table`, and the second argument of a handler. */
export class mesh_connection {
  /** The same link as the layered sockets have it. */
  readonly layered: Connection
  readonly #send: Send

  constructor(layered: Connection, send: Send) {
    this.layered = layered
    this.#send = send
  }

  /** The other node's id. */
  get id(): string {
    return this.layered.id
  }

  /** Where the other node listens; null if it only dials. */
  get addr(): AddressPair | null {
    const [listening] = this.layered.peer.addresses
    return listening ? [listening.host, listening.port] : null
  }

  /** Whether this node dialed the other. */
  get outgoing(): boolean {
    return this.layered.direction === 'dialed'
  }

  /**
   * Sends a message: a whisper to the other node only, a broadcast to every node.
   * @param flag 'whisper' or `base.flags.whisper`, 'broadcast' or `base.flags.broadcast`
   * @param packets the first is the type: text, bytes, or the number of a flag
   * @returns resolves when the other node has the whisper, or the broadcast was sent. It rejects if the whisper did not arrive; ignoring
   *   it is safe, since `status` reports that too
   * @throws {ArgumentError} @throws {MessageTooLargeError} @throws {ClosedError}
   */
  send(flag: string | number, packets: readonly (Binary | number)[]): Promise<void> {
    return this.#send(flag, packets)
  }

  /** Whether the other node listens at this address, or was dialed there. */
  isAt(host: string, port: number): boolean {
    const { peer, remote } = this.layered
    const isListening = peer.addresses.some((address) => address.host === host && address.port === port)
    return isListening || (this.outgoing && remote.endsWith(addressToString({ transport: '', host, port })))
  }
}
