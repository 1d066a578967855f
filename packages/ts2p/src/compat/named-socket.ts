import { ArgumentError, ClosedError, Issues, PublicEmitter, UnreachableError } from '@ts2p/base'
import type { Connection, Environment, Issue } from '@ts2p/base'
import type { MeshSocket } from '@ts2p/mesh'
import { lanAddress } from '#platform'
import type { protocol } from './base.ts'
import { binaryOf } from './buffers.ts'
import type { Binary } from './buffers.ts'
import { mesh_connection } from './mesh-connection.ts'
import type { AddressPair } from './mesh-connection.ts'
import { message } from './message.ts'
import { messageType, travelOf } from './message-type.ts'
import type { Position } from './position.ts'
import { Redial } from './redial.ts'

/** Events of the sockets of this folder; each hands the socket itself to its listeners first. */
export interface SocketEvents<Socket> {
  connect: [conn: Socket]
  message: [conn: Socket]
  /** Something that nobody awaited has failed: listening, or a `connect`. Also in `status`. */
  error: [conn: Socket, error: Error]
}

/** What mesh and sync sockets have in common, as far as this file calls it. */
export interface Layered extends Pick<
  MeshSocket,
  | 'addresses'
  | 'close'
  | 'connect'
  | 'disconnect'
  | 'id'
  | 'listen'
  | 'recv'
  | 'registerHandler'
  | 'send'
  | 'sendTo'
  | 'issues'
> {
  on(event: 'peer-connect' | 'peer-disconnect', listener: (connection: Connection) => void): unknown
}

/** The seed's names for what mesh and sync sockets share. */
export abstract class named_socket<
  Events extends SocketEvents<unknown> & Record<keyof Events, readonly unknown[]>,
> extends PublicEmitter<Events> {
  /** What this socket was made with. */
  readonly protocol: protocol
  /** The linked nodes by id. It follows the links by itself, and is empty while there is none. */
  readonly routing_table: Map<string, mesh_connection> = new Map<string, mesh_connection>()
  /** Resolves when the socket is bound, and `addr` tells its port. */
  readonly ready: Promise<void>
  readonly #position: Position
  readonly #environment: Environment
  readonly #layered: Layered
  readonly #failures: Issues
  /** By address: those that have not reached it yet. */
  readonly #redials = new Map<string, Redial>()
  readonly #connections = new WeakMap<Connection, mesh_connection>()

  constructor(position: Position, environment: Environment, layered: Layered) {
    super((error) =>
      this.#failures.report('listener-failed', `A listener of the application failed: ${String(error)}`, { error }),
    )
    this.protocol = position.protocol
    this.#position = position
    this.#environment = environment
    this.#failures = new Issues(environment)
    this.#layered = layered
    layered.on('peer-connect', (connection) => this.routing_table.set(connection.id, this.#named(connection)))
    layered.on('peer-disconnect', ({ id }) => this.routing_table.delete(id))
    this.ready = layered.listen()
    this.ready.catch((error: Error) => this.#reportFailure(error))
  }

  /** Tells listeners of 'error', with the socket first. */
  protected abstract tellError(error: Error): void

  /** Where this node listens; with '0.0.0.0', at the address that this machine has on its network. */
  get addr(): AddressPair {
    const [listening] = this.#layered.addresses
    const host = listening?.host ?? this.#position.addr ?? ''
    return [host === '0.0.0.0' ? lanAddress() : host, listening?.port ?? this.#position.port ?? 0]
  }

  /** The address that this node gives to others, to be dialed there. */
  get out_addr(): AddressPair {
    return this.#position.outAddr ?? this.addr
  }

  get id(): string {
    return this.#layered.id
  }

  /** The links that this node dialed. */
  get outgoing(): mesh_connection[] {
    return [...this.routing_table.values()].filter(({ outgoing }) => outgoing)
  }

  /** 'Nominal', or a list of what is wrong. */
  get status(): 'Nominal' | string[] {
    const unreachable = [...this.#redials.values()].flatMap(({ firstFailure }) =>
      firstFailure ? [`${firstFailure.message} It is dialed again until it answers.`] : [],
    )
    const issues = [...this.#failures.list(), ...this.#layered.issues]
    const all = [...unreachable, ...issues.map(sentenceOf)]
    return all.length === 0 ? 'Nominal' : all
  }

  /**
   * Joins the network of a node, and stays. While nobody can be reached at the address, it is dialed again, after 50 ms at first and 2 s
   * at most, until `disconnect` or `close`, and `status` says so. Any other failure, such as another subnet, rejects at once; when nobody
   * awaits the promise, 'error' and `status` report it.
   */
  connect(addr: string, port: number, _id?: string): Promise<void> {
    const address = `${addr} ${port}`
    const redial = this.#redials.get(address) ?? this.#createRedial(addr, port)
    this.#redials.set(address, redial)
    return redial.start()
  }

  /**
   * Ends a link, and has none with that node until `connect`. With an address and port: the link with the node that listens there, and a
   * `connect` that has not reached it yet.
   * @throws {ArgumentError}
   */
  disconnect(connection: mesh_connection | AddressPair): void {
    if (connection instanceof mesh_connection) {
      this.#endRedials(({ host, port }) => connection.isAt(host, port))
      this.#layered.disconnect(connection.layered)
    } else if (isAddressPair(connection)) {
      const [addr, port] = connection
      this.#endRedials((redial) => redial.host === addr && redial.port === port)
      this.#disconnectFrom(addr, port)
    } else throw new ArgumentError('connection', 'a value of routing_table, or [address, port]', connection)
  }

  /**
   * Sends a message.
   * @param flag 'broadcast' (or its number, 0): to every node; 'whisper' (2): to the neighbors
   * @param type the first packet: text, bytes, or the number of a flag; default the flag
   * @throws {ArgumentError} @throws {MessageTooLargeError} @throws {ClosedError}
   */
  send(packets: readonly Binary[], flag: string | number = 'broadcast', type?: Binary | number): void {
    const travel = travelOf(flag)
    this.#layered.send(packetsOf(packets), { flag: travel, type: messageType(type ?? travel) })
  }

  /** The oldest message; undefined if there is none. With a quantity: an array of at most that many messages. */
  recv(quantity?: 0): message | undefined
  recv(quantity: number): message[]
  recv(quantity = 0): message | undefined | message[] {
    const received = this.#layered.recv(quantity || 1).map((each) => new message(each))
    return quantity ? received : received[0]
  }

  /** Appends a handler, which gets each message and the link that brought it: `true` takes the message. */
  register_handler(handler: (msg: message, connection: mesh_connection) => boolean | undefined | void): void {
    if (typeof handler !== 'function') throw new ArgumentError('handler', 'a function', handler)
    this.#layered.registerHandler((received, connection) =>
      // js2p's sockets send nothing to themselves.
      connection ? handler(new message(received), this.#named(connection)) : undefined,
    )
  }

  /** Sends what is queued, then leaves. */
  close(): Promise<void> {
    this.#endRedials(() => true, new ClosedError('connect'))
    return this.closeLayered()
  }

  /** Closes the socket of which this one has the names. */
  protected closeLayered(): Promise<void> {
    return this.#layered.close()
  }

  #named(connection: Connection): mesh_connection {
    const known = this.#connections.get(connection)
    if (known) return known
    const named = new mesh_connection(connection, (flag, packets) => this.#sendTo(connection, flag, packets))
    this.#connections.set(connection, named)
    return named
  }

  #sendTo(connection: Connection, flag: string | number, packets: readonly (Binary | number)[]): Promise<void> {
    const travel = travelOf(flag)
    const [type = travel, ...others] = packets
    const [rest, options] = [packetsOf(others), { type: messageType(type) }]
    if (travel === 'broadcast') {
      this.#layered.send(rest, options)
      return Promise.resolve()
    }
    const delivered = this.#layered.sendTo(connection.id, rest, options)
    delivered.catch((error: Error) => this.#failures.report('send', error.message))
    return delivered
  }

  #disconnectFrom(addr: string, port: number): void {
    for (const connection of this.routing_table.values())
      if (connection.isAt(addr, port)) this.#layered.disconnect(connection.layered)
  }

  #createRedial(host: string, port: number): Redial {
    return new Redial({
      host,
      port,
      environment: this.#environment,
      dial: () => this.#layered.connect(host, port),
      undo: () => this.#disconnectFrom(host, port),
      onFailed: (error) => this.#reportFailure(error),
      onDone: () => this.#redials.delete(`${host} ${port}`),
    })
  }

  #endRedials(isMeant: (redial: Redial) => boolean, reason?: Error): void {
    for (const redial of this.#redials.values()) {
      const { host, port } = redial
      const ended = new UnreachableError({ host, port, reason: 'disconnect() ended the attempt' })
      if (isMeant(redial)) redial.end(reason ?? ended)
    }
  }

  /** Reports the failure of something that perhaps nobody awaits. */
  #reportFailure(error: Error): void {
    this.#failures.report(error.name, error.message)
    this.tellError(error)
  }
}

/** @throws {ArgumentError} */
function packetsOf(packets: readonly (Binary | number)[]): (string | Uint8Array)[] {
  if (!Array.isArray(packets)) throw new ArgumentError('packets', 'an array', packets)
  return packets.map((packet) => binaryOf('packet', packet))
}

function isAddressPair(value: unknown): value is AddressPair {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number'
}

function sentenceOf(issue: Issue): string {
  return issue.count === 1 ? issue.message : `${issue.message} (${issue.count} times)`
}
