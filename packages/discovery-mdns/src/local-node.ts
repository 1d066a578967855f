import type { Closable } from '@ts2p/base'
import type { Address } from '@ts2p/protocol'

/** What discovery needs of a node: a MeshSocket and a SyncSocket have it. */
export interface LocalNode extends Closable {
  readonly id: string
  readonly subnet: { readonly id: string }
  /** The addresses listened on; none: the node only finds others. */
  readonly addresses: readonly Address[]
  /** The linked nodes by id; undefined while there is none. */
  readonly routingTable: Pick<ReadonlyMap<string, unknown>, 'size' | 'has'> | undefined
  connect(host: string, port: number, transport?: string): Promise<void>
}
