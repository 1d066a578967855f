import type { Connection, Issue, Link, WaitOptions } from '@ts2p/base'
import type {
  DeliveryObserver,
  MeshMetrics,
  MeshSocket,
  Message,
  Packet,
  Peer,
  RequestOptions,
  SendOptions,
  TreeView,
} from '@ts2p/mesh'
import type { Address, Limits, NodeId, Subnet } from '@ts2p/protocol'
import { Dictionary } from './dictionary/dictionary.ts'

/** A dictionary on a node of a mesh: what it has of MeshSocket. */
export abstract class MeshFacade<K, V> extends Dictionary<K, V> {
  /** This node's id. */
  get id(): NodeId {
    return this.mesh.id
  }

  /** What nodes must have in common with this one. */
  get subnet(): Subnet {
    return this.mesh.subnet
  }

  /** The addresses listened on. */
  get addresses(): readonly Address[] {
    return this.mesh.addresses
  }

  /** The addresses told to other nodes; an empty host stands for the one that they see. */
  get advertised(): readonly Address[] {
    return this.mesh.advertised
  }

  /** The linked nodes by id; undefined while there is none. */
  get routingTable(): ReadonlyMap<NodeId, Connection> | undefined {
    return this.mesh.routingTable
  }

  /** The neighbors by id, as they are now. */
  get peers(): ReadonlyMap<NodeId, Peer> {
    return this.mesh.peers
  }

  /** Whether this node has a neighbor. */
  get isConnected(): boolean {
    return this.mesh.isConnected
  }

  /** See MeshSocket. */
  get isolatedMs(): number | undefined {
    return this.mesh.isolatedMs
  }

  /** The links that this node dialed. */
  get outgoing(): readonly Connection[] {
    return this.mesh.outgoing
  }

  /** What is wrong with this node, or was: one entry for each code; empty if nothing is. */
  get issues(): readonly Issue[] {
    return this.mesh.issues
  }

  /** The limits in force. */
  get limits(): Limits {
    return this.mesh.limits
  }

  /** See MeshSocket. */
  disconnect(peer: NodeId | Connection): boolean {
    return this.mesh.disconnect(peer)
  }

  /** See MeshSocket. */
  send(packets: readonly Packet[], options?: SendOptions): number {
    return this.mesh.send(packets, options)
  }

  /** See MeshSocket. */
  recv(): Message | undefined
  recv(count: number): Message[]
  recv(count?: number): Message | undefined | Message[] {
    return count === undefined ? this.mesh.recv() : this.mesh.recv(count)
  }

  /** See MeshSocket. */
  writable(options?: WaitOptions): Promise<void> {
    return this.mesh.writable(options)
  }

  /** See MeshSocket. */
  sendTo(id: NodeId, packets: readonly Packet[], options?: Pick<SendOptions, 'type'> & WaitOptions): Promise<void> {
    return this.mesh.sendTo(id, packets, options)
  }

  /** See MeshSocket. */
  request(id: NodeId, packets: readonly Packet[], options?: RequestOptions): Promise<Message> {
    return this.mesh.request(id, packets, options)
  }

  /** See MeshSocket. */
  call<R = unknown>(id: NodeId, name: string, args?: unknown, options?: WaitOptions): Promise<R> {
    return this.mesh.call<R>(id, name, args, options)
  }

  /** See MeshSocket. */
  metrics(): MeshMetrics {
    return this.mesh.metrics()
  }

  /** See MeshSocket. */
  trees(): readonly TreeView[] {
    return this.mesh.trees()
  }

  /** See MeshSocket. */
  observeDeliveries(observer: DeliveryObserver): () => void {
    return this.mesh.observeDeliveries(observer)
  }

  /** See MeshSocket. */
  accept(link: Link): void {
    this.mesh.accept(link)
  }

  /** @throws {NotReadyError} */
  protected abstract get mesh(): MeshSocket
}
