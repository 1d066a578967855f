/**
 * The mesh, by the names and argument orders of js2p.
 *
 * @module
 */
import { MeshSocket } from '@ts2p/mesh'
import { protocol } from './base.ts'
import { named_socket, optionsOf } from './named-socket.ts'
import type { AddressPair, Layered, SocketEvents } from './named-socket.ts'

export { message } from './message.ts'

/** A node of a mesh, bound at once. */
export class mesh_socket extends named_socket<SocketEvents<mesh_socket>> {
  override readonly ready: Promise<void>
  readonly #layered: MeshSocket

  /**
   * @param addr host to listen on; null to dial only
   * @param port port to listen on; 0 for any
   * @param prot default subnet 'mesh', 'Plaintext'
   * @param out_addr address and port by which others reach this node
   * @param debug_level above 0: more in the log
   */
  constructor(
    addr: string | null,
    port: number | null,
    prot: protocol = new protocol('mesh', 'Plaintext'),
    out_addr: AddressPair | null = null,
    debug_level = 0,
  ) {
    const position = { addr, port, protocol: prot, outAddr: out_addr, debugLevel: debug_level }
    super(position)
    this.#layered = new MeshSocket(optionsOf(position))
    this.#layered.on('connect', () => this.tell('connect', this))
    this.#layered.on('message', () => this.tell('message', this))
    this.ready = this.watched(this.#layered.listen())
  }

  protected override get layered(): Layered {
    return this.#layered
  }

  protected override tellError(error: Error): void {
    this.tell('error', this, error)
  }
}
