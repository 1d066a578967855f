export type { BroadcastArrival, Channel, ChannelHandler, SentBroadcast, Verdict } from './channels/channel.ts'
export { MessageTooLargeError, NoHandlerError, RemoteError, RequestTimeoutError, TermsFixedError } from './errors.ts'
export type { Delivery, DeliveryObserver } from './broadcast/delivery-trace.ts'
export type { MessageHandler } from './messages/application-inbox.ts'
export type {
  ConnectArguments,
  MeshSocketEvents,
  MeshSocketOptions,
  RequestOptions,
  SendOptions,
} from './mesh-options.ts'
export type { CachedPeer, PeerCache } from './membership/peer-cache.ts'
export { connectArguments, meshOptionNames } from './mesh-options.ts'
export type { MeshMetrics } from './mesh-metrics.ts'
export { MeshSocket, openOrClose } from './mesh-socket.ts'
export type { MessageProof } from './signing/signer.ts'
export { Message } from './messages/message.ts'
export type { CallContext, CallHandler, CallSignal } from './messages/procedures.ts'
export type { Peer } from './peer.ts'
export type { Packet } from './messages/message.ts'
export type { TreeView } from './broadcast/tree-view.ts'
