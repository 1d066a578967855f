import { PublicEmitter, Status, systemEnvironment } from '@ts2p/base'
import type { Connection } from '@ts2p/base'
import type { MeshSocket, MeshSocketOptions, Packet } from '@ts2p/mesh'
import { flags } from '@ts2p/protocol'
import { transportsFor } from '#transports'
import type { protocol } from './base.ts'
import { message } from './message.ts'

/** An address and a port. */
export type AddressPair = readonly [address: string, port: number]

/** Events of the sockets of this folder; each hands the socket itself to its listeners first. */
export interface SocketEvents<Socket> {
  connect: [conn: Socket]
  message: [conn: Socket]
  /** Something that nobody awaited has failed: listening, or a `connect`. Also in `status`. */
  error: [conn: Socket, error: Error]
}

/** What mesh and sync sockets have in common, as far as this file calls it. */
export type Layered = Pick<
  MeshSocket,
  | 'addresses'
  | 'close'
  | 'connect'
  | 'disconnect'
  | 'id'
  | 'listen'
  | 'outgoing'
  | 'recv'
  | 'registerHandler'
  | 'routingTable'
  | 'send'
  | 'status'
>

/** Options of a layered socket for positional arguments. */
export function optionsOf(position: {
  addr: string | null
  port: number | null
  protocol: protocol
  outAddr: AddressPair | null
  debugLevel: number
}): MeshSocketOptions {
  const { addr, port, outAddr, debugLevel } = position
  const environment = systemEnvironment({ logLevel: debugLevel > 0 ? 'info' : 'warn' })
  const transports = transportsFor(position.protocol.encryption, (...entry) => environment.log(...entry))
  const transport = transports[0].name
  return {
    subnet: position.protocol.subnet,
    transports,
    listen: addr === null ? [] : { transport, host: addr, port: port ?? 0 },
    ...(outAddr === null ? {} : { advertise: [{ transport, host: outAddr[0], port: outAddr[1] }] }),
    environment,
  }
}

/** The seed's names for what mesh and sync sockets share. */
export abstract class named_socket<
  Events extends SocketEvents<unknown> & Record<keyof Events, readonly unknown[]>,
> extends PublicEmitter<Events> {
  /** What this socket was made with. */
  readonly protocol: protocol
  readonly #addr: AddressPair
  readonly #outAddr: AddressPair | null
  readonly #failures = new Status()

  constructor(position: { addr: string | null; port: number | null; protocol: protocol; outAddr: AddressPair | null }) {
    super((error) => this.#failures.report('listener', `A listener of the application failed: ${String(error)}`))
    this.protocol = position.protocol
    this.#addr = [position.addr ?? '', position.port ?? 0]
    this.#outAddr = position.outAddr
  }

  /** The socket that does it all. */
  protected abstract get layered(): Layered

  /** Tells listeners of 'error', with the socket first. */
  protected abstract tellError(error: Error): void

  /** Resolves when the socket is bound, and `addr` tells its port. */
  abstract readonly ready: Promise<void>

  /** Where this node listens. */
  get addr(): AddressPair {
    const [listening] = this.layered.addresses
    return listening ? [listening.host, listening.port] : this.#addr
  }

  /** Where others are told to dial it. */
  get out_addr(): AddressPair {
    return this.#outAddr ?? this.addr
  }

  get id(): string {
    return this.layered.id
  }

  /** The linked nodes by id; undefined while there is none. */
  get routing_table(): ReadonlyMap<string, Connection> | undefined {
    return this.layered.routingTable
  }

  /** Ids of the nodes that this one has dialled. */
  get outgoing(): string[] {
    return this.layered.outgoing.map(({ id }) => id)
  }

  /** 'Nominal', or a list of what is wrong. */
  get status(): 'Nominal' | string[] {
    const ours = this.#failures.read()
    const theirs = this.layered.status
    return ours === 'Nominal' && theirs === 'Nominal'
      ? 'Nominal'
      : [ours, theirs].filter((each) => each !== 'Nominal').flat()
  }

  /** Joins the network of a node. A failure is told to whoever awaits it, and by 'error' and `status` to those who do not. */
  connect(addr: string, port: number, _id?: string): Promise<void> {
    return this.watched(this.layered.connect(addr, port))
  }

  disconnect(connection: Connection): void {
    this.layered.disconnect(connection)
  }

  /** @param flag 'broadcast' (or its number, 0) or 'whisper' (2); @param type the first packet, by default the flag */
  send(packets: readonly Packet[], flag: 'broadcast' | 'whisper' | number = 'broadcast', type?: Packet): void {
    const name = flag === flags.whisper || flag === 'whisper' ? 'whisper' : 'broadcast'
    this.layered.send(packets, type === undefined ? { flag: name } : { flag: name, type })
  }

  /** The oldest message; undefined if there is none. With a number: an array of up to so many. */
  recv(): message | undefined
  recv(quantity: number): message[]
  recv(quantity?: number): message | undefined | message[] {
    const received = this.layered.recv(quantity ?? 1).map((each) => new message(each))
    return quantity === undefined ? received[0] : received
  }

  /** Appends a handler: `true` takes the message. */
  register_handler(handler: (msg: message, connection: Connection) => boolean | undefined | void): void {
    this.layered.registerHandler((received, connection) => handler(new message(received), connection))
  }

  close(): Promise<void> {
    return this.layered.close()
  }

  /** A promise whose failure is told even if nobody awaits it. */
  protected watched(promise: Promise<void>): Promise<void> {
    promise.catch((error: Error) => {
      this.#failures.report(error.name, error.message)
      this.tellError(error)
    })
    return promise
  }
}
