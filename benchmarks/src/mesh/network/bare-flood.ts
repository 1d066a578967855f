import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { FrameLink } from './bare-tree.ts'
import type { BenchNode, MeshSubject } from './mesh-node.ts'

/** A yardstick: bare node:net, each message to every link, known by an id of 6 random bytes. One write a link and turn. */
export const bareFlood: MeshSubject = {
  create: async () => createFloodNode(),
  wiring: { kind: 'graph' },
  windowMessages: undefined,
  settleMs: 100,
}

const host = '127.0.0.1'
const headerBytes = 4
/** As many as a number holds exactly. */
const idBytes = 6
const bufferedBytesMax = 1024 * 1024

async function createFloodNode(): Promise<BenchNode> {
  const links = new Set<FrameLink>()
  const seen = new Set<number>()
  let tell: (packet: Uint8Array) => void = () => undefined
  let [first, further] = [0, 0]
  const add = (socket: Socket): void => {
    const link = new FrameLink(socket, (frame) => {
      const id = frame.readUIntBE(headerBytes, idBytes)
      if (seen.has(id)) {
        further += 1
        return
      }
      seen.add(id)
      first += 1
      tell(frame.subarray(headerBytes + idBytes))
      for (const other of links) if (other !== link) other.push(frame)
    })
    links.add(link)
  }
  const server = createServer(add).listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    links: () => links.size,
    async connect(port) {
      const socket = connect(port, host)
      await once(socket, 'connect')
      add(socket)
    },
    send(packet) {
      const frame = Buffer.allocUnsafe(headerBytes + idBytes + packet.length)
      frame.writeUInt32BE(idBytes + packet.length)
      frame.set(randomBytes(idBytes), headerBytes)
      frame.set(packet, headerBytes + idBytes)
      seen.add(frame.readUIntBE(headerBytes, idBytes))
      for (const link of links) link.push(frame)
    },
    onPacket: (listener) => (tell = listener),
    writable: () => [...links].find((link) => link.bufferedBytes > bufferedBytesMax)?.drained(),
    copies: () => ({ first, further }),
  }
}
