import js2p from 'js2p'
import { sampleBytes } from '../running/samples.ts'
import { until } from '../running/until.ts'
import { freePort } from './free-port.ts'
import type { Node } from './node.ts'
import type { Subject } from './subject.ts'

const host = '127.0.0.1'

/** js2p tells no other node an address of this form, so its nodes have only the links made by hand. */
const unadvertised = [null, null] as const

/** What is measured of js2p. */
export const theirs: Subject = {
  dictionary: createDictionary,
  textDictionary: createDictionary,
  sampleBytes: () => bufferOf(sampleBytes()),

  async dictionaryNode() {
    const socket = await createDictionary()
    return {
      ...nodeOf(socket),
      size: () => Object.keys(socket.data).length,
      set: (key, value) => socket.set(key, bufferOf(value)),
      onUpdate: (listener) => void socket.on('update', listener),
    }
  },

  async meshNode() {
    const socket = new js2p.mesh.MeshSocket(host, await freePort(), undefined, unadvertised)
    await until('js2p listens', () => socket.incoming.listening)
    return {
      ...nodeOf(socket),
      send: (packet) => socket.send([bufferOf(packet)]),
      onPacket: (listener) =>
        void socket.on('message', () => {
          const packet = socket.recv()?.packets[1]
          if (packet instanceof Uint8Array) listener(packet)
        }),
    }
  },
}

async function createDictionary(): Promise<InstanceType<typeof js2p.sync.SyncSocket>> {
  // True, since left out it does not enforce leases.
  const socket = new js2p.sync.SyncSocket(host, await freePort(), undefined, true, unadvertised)
  await until('js2p listens', () => socket.incoming.listening)
  return socket
}

function nodeOf(socket: InstanceType<typeof js2p.mesh.MeshSocket>): Node {
  const address = socket.incoming.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    links: () => socket.routing_table.size,
    connect: (port) => Promise.resolve(socket.connect(host, port)),
  }
}

/** A view: it sends Buffers only. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
