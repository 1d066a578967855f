import { MeshSocket } from '@ts2p/mesh'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import type { DictionaryNode, MeshNode, Node } from './node.ts'

const host = '127.0.0.1'

/** Our node alone, with strings for keys and what is asked for as values. */
export function ourDictionary(values: 'binary' | 'utf8'): SyncSocket<string, Uint8Array> | SyncSocket<string, string> {
  const options = { transports: [tcp()], keyEncoding: 'utf8' } as const
  return values === 'utf8'
    ? new SyncSocket<string, string>({ ...options, valueEncoding: 'utf8' })
    : new SyncSocket<string, Uint8Array>(options)
}

/** Our node of a shared dictionary. */
export async function ourDictionaryNode(): Promise<DictionaryNode> {
  const socket = new SyncSocket({ transports: [tcp()], listen: { host } })
  await socket.listen()
  return {
    ...nodeOf(socket),
    size: () => socket.size,
    set: (key, value) => void socket.set(key, value),
    onUpdate: (listener) => void socket.on('update', listener),
  }
}

/** Our node of a mesh. */
export async function ourMeshNode(): Promise<MeshNode> {
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
}

function nodeOf(socket: MeshSocket | SyncSocket): Node {
  return {
    port: socket.addresses[0]?.port ?? 0,
    links: () => socket.routingTable?.size ?? 0,
    connect: (port) => socket.connect(host, port),
  }
}
