// The node that is attacked, in a process of its own. To each message of its parent it answers with what it has used until then.
import { setImmediate } from 'node:timers/promises'
import { MeshSocket } from '@ts2p/mesh'
import { tcp } from '@ts2p/transport-tcp'

/** Broadcasts that the victim keeps for neighbors. Each is sent in a tick of its own: those of one tick would be one. */
const keptCount = 5000

/** What the victim tells its parent. */
export interface VictimState {
  readonly port: number
  readonly links: number
  /** Whether a link has used up one of its rates. */
  readonly isPaused: boolean
  /** Processor time since the process began, microseconds. */
  readonly cpuMicroseconds: number
  /** Frames of the mesh that it has read. */
  readonly framesRead: number
}

const socket = new MeshSocket({ transports: [tcp()], listen: { host: '127.0.0.1' } })
await socket.listen()
for (let count = 0; count < keptCount; count += 1) {
  socket.send([`broadcast ${count}`])
  await setImmediate()
}

process.on('disconnect', () => process.exit())
process.on('message', () => process.send?.(state()))
process.send?.(state())

function state(): VictimState {
  const { user, system } = process.cpuUsage()
  const { controlReceived, messagesReceived, duplicatesReceived } = socket.metrics()
  const links = [...(socket.routingTable?.values() ?? [])]
  return {
    port: socket.addresses[0]?.port ?? 0,
    links: links.length,
    isPaused: links.some(({ isPaused }) => isPaused),
    cpuMicroseconds: user + system,
    framesRead: controlReceived + messagesReceived + duplicatesReceived,
  }
}
