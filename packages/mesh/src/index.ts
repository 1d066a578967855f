export { MessageTooLargeError, UndeliverableError } from './errors.ts'
export type { MessageHandler } from './inbox.ts'
export type {
  MeshSocketEvents,
  MeshSocketOptions,
  MeshUpper,
  NeighbourFlag,
  SendOptions,
  Verdict,
} from './mesh-options.ts'
export { MeshSocket } from './mesh-socket.ts'
export { Message } from './message.ts'
export type { Packet } from './message.ts'
