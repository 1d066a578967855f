import { MeshSocket } from '@ts2p/mesh'
import { defaultLimits } from '@ts2p/protocol'
import { tcp } from '@ts2p/transport-tcp'
import type { BenchNode, MeshSubject, NodeOptions } from '../network/mesh-node.ts'

const host = '127.0.0.1'

/** The same as others have none of: what a node takes from another per second is not what is to be measured. */
const limits = { ...defaultLimits, messagesPerSecond: 1e9, bytesPerSecond: 1e12, workPerSecond: 1e9 }

/** Ours with its defaults: messages are signed. */
export const ours: MeshSubject = subjectOf(true)

/** Ours without signatures. */
export const unsigned: MeshSubject = subjectOf(false)

function subjectOf(signing: boolean): MeshSubject {
  return {
    create: (options) => createNode(signing, options),
    wiring: { kind: 'graph' },
    windowMessages: undefined,
    settleMs: 2000,
  }
}

async function createNode(signing: boolean, { isListening }: NodeOptions): Promise<BenchNode> {
  const listen = isListening ? { listen: { host } } : {}
  const socket = new MeshSocket({ transports: [tcp()], limits, signing, ...listen })
  await socket.listen()
  return {
    port: socket.addresses[0]?.port ?? 0,
    links: () => socket.routingTable?.size ?? 0,
    connect: (port) => socket.connect(host, port),
    send: (packet) => void socket.send([packet]),
    onPacket: (listener) =>
      socket.registerHandler((message) => {
        const packet = message.packets[1]
        if (packet) listener(packet)
        return true
      }),
    writable: () => socket.writable(),
    copies: () => {
      const { messagesReceived, duplicatesReceived } = socket.metrics()
      return { first: messagesReceived, further: duplicatesReceived }
    },
  }
}
