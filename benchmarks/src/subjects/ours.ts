import { MeshSocket } from '@ts2p/mesh'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { sampleBytes } from '../running/samples.ts'
import type { Node } from './node.ts'
import type { Subject } from './subject.ts'

const host = '127.0.0.1'

/** What is measured of ours. */
export const ours: Subject = {
  dictionary: async () => new SyncSocket<string>({ transports: [tcp()], keyEncoding: 'utf8' }),
  textDictionary: async () =>
    new SyncSocket<string, string>({ transports: [tcp()], keyEncoding: 'utf8', valueEncoding: 'utf8' }),
  sampleBytes,

  async dictionaryNode() {
    const socket = new SyncSocket({ transports: [tcp()], listen: { host } })
    await socket.listen()
    return {
      ...nodeOf(socket),
      size: () => socket.size,
      set: (key, value) => void socket.set(key, value),
      onUpdate: (listener) => void socket.on('change', listener),
    }
  },

  async meshNode() {
    const socket = new MeshSocket({ transports: [tcp()], listen: { host } })
    await socket.listen()
    return {
      ...nodeOf(socket),
      send: (packet) => void socket.send([packet]),
      onPacket: (listener) =>
        void socket.on('message', () => {
          const packet = socket.recv()?.packets[1]
          if (packet) listener(packet)
        }),
    }
  },
}

function nodeOf(socket: MeshSocket | SyncSocket): Node {
  return {
    port: socket.addresses[0]?.port ?? 0,
    links: () => socket.routingTable?.size ?? 0,
    connect: (port) => socket.connect(host, port),
  }
}
