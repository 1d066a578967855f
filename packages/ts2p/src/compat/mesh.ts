/**
 * The mesh, by the names and argument orders of js2p.
 *
 * @module
 */
import { MeshSocket } from '@ts2p/mesh'
import { protocol } from './base.ts'
import type { AddressPair } from './mesh-connection.ts'
import { named_socket } from './named-socket.ts'
import type { SocketEvents } from './named-socket.ts'
import { optionsOf, runtimeFor } from './position.ts'
import type { Runtime } from './position.ts'

export { mesh_connection } from './mesh-connection.ts'
export { message } from './message.ts'

/** A node of a mesh, bound at once. */
export class mesh_socket extends named_socket<SocketEvents<mesh_socket>> {
  /**
   * @param addr host to listen on; null to dial only
   * @param port port to listen on; 0 for any
   * @param prot default subnet 'mesh', 'Plaintext'
   * @param out_addr address and port by which others reach this node
   * @param debug_level above 0: more in the log
   * @param runtime clock and transports of a simulation; default the platform's
   */
  constructor(
    addr: string | null,
    port: number | null,
    prot?: protocol | null,
    out_addr?: AddressPair | null,
    debug_level?: number,
    runtime?: Runtime,
  ) {
    const network = prot ?? new protocol('mesh', 'Plaintext')
    const position = { addr, port, protocol: network, outAddr: out_addr, debugLevel: debug_level }
    const used = runtime ?? runtimeFor(position)
    const layered = new MeshSocket(optionsOf(position, used))
    super(position, used.environment, layered)
    layered.on('connect', () => this.emitIsolated('connect', this))
    layered.on('message', () => this.emitIsolated('message', this))
  }

  protected override tellError(error: Error): void {
    this.emitIsolated('error', this, error)
  }
}
