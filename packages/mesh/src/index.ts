export { MessageTooLargeError, RemoteError, RequestTimeoutError } from './errors.ts'
export type { FirstCopy, FirstCopyObserver } from './first-copies.ts'
export type { MessageHandler } from './inbox.ts'
export type {
  MeshSocketEvents,
  MeshSocketOptions,
  MeshUpper,
  NeighbourFlag,
  RequestOptions,
  SendOptions,
  Verdict,
} from './mesh-options.ts'
export type { KnownNode, KnownNodes } from './known-nodes.ts'
export type { MeshMetrics } from './mesh-metrics.ts'
export { MeshSocket } from './mesh-socket.ts'
export { Message } from './message.ts'
export type { Packet } from './message.ts'
export type { TreeView } from './tree-view.ts'
