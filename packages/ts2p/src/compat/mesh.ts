import { PublicEmitter, systemEnvironment } from '@ts2p/base'
import type { Connection } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import type { MeshSocketOptions, Packet } from '@ts2p/mesh'
import { flags } from '@ts2p/protocol'
import type { Address } from '@ts2p/protocol'
import { transportsFor } from '#transports'
import { protocol } from './base.ts'
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
type Inner = Pick<
  MeshSocket,
  | 'addresses'
  | 'advertised'
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

/** The options of a layered socket for js2p's positional arguments. */
export function optionsOf(
  [addr, port]: readonly [addr: string | null, port: number | null],
  prot: protocol,
  outAddr: AddressPair | null | undefined,
  debugLevel: number,
): MeshSocketOptions & { transports: readonly [{ name: string }, ...unknown[]] } {
  const transports = transportsFor(prot.encryption)
  const transport = transports[0].name
  return {
    subnet: prot.subnet,
    transports,
    ...(addr === null ? {} : { listen: { transport, host: addr, port: port ?? 0 } }),
    ...(outAddr ? { advertise: [{ transport, host: outAddr[0], port: outAddr[1] }] } : {}),
    environment: systemEnvironment({ logLevel: debugLevel > 0 ? 'info' : 'warn' }),
  }
}

/** js2p's names for what mesh and sync sockets share. */
export abstract class named_socket<Events extends SocketEvents<unknown>> extends PublicEmitter<Events> {
  /** Protocol that this socket was made with. */
  readonly protocol: protocol
  readonly #outAddr: AddressPair | null
  #failures: string[] = []

  constructor(prot: protocol, outAddr: AddressPair | null | undefined) {
    super((error) => this.#failures.push(`A listener failed: ${String(error)}`))
    this.protocol = prot
    this.#outAddr = outAddr ?? null
  }
}
