import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import type { BenchNode, MeshSubject } from './mesh-node.ts'

/** A yardstick: bare node:net along a tree, without ids, handshakes, repair or limits. One write a link and turn. */
export const bareTree: MeshSubject = {
  create: async () => createTreeNode(),
  wiring: { kind: 'tree', children: 2 },
  windowMessages: undefined,
  settleMs: 100,
}

const host = '127.0.0.1'
const headerBytes = 4
/** Above so many bytes in a socket the sender waits. */
const bufferedBytesMax = 1024 * 1024

async function createTreeNode(): Promise<BenchNode> {
  const links = new Set<FrameLink>()
  let tell: (packet: Uint8Array) => void = () => undefined
  let first = 0
  const add = (socket: Socket): void => {
    const link = new FrameLink(socket, (frame) => {
      first += 1
      tell(frame.subarray(headerBytes))
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
      const frame = Buffer.allocUnsafe(headerBytes + packet.length)
      frame.writeUInt32BE(packet.length)
      frame.set(packet, headerBytes)
      for (const link of links) link.push(frame)
    },
    onPacket: (listener) => (tell = listener),
    writable: () => [...links].find((link) => link.bufferedBytes > bufferedBytesMax)?.drained(),
    copies: () => ({ first, further: 0 }),
  }
}

/** A socket that carries frames: 4 bytes of length, then as many bytes. */
export class FrameLink {
  readonly #socket: Socket
  #queue: Uint8Array[] = []
  #rest: Buffer = Buffer.alloc(0)

  constructor(socket: Socket, onFrame: (frame: Buffer) => void) {
    this.#socket = socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
      let at = 0
      while (at + headerBytes <= bytes.length) {
        const end = at + headerBytes + bytes.readUInt32BE(at)
        if (end > bytes.length) break
        onFrame(bytes.subarray(at, end))
        at = end
      }
      this.#rest = bytes.subarray(at)
    })
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  /** Queues a frame; at the end of the turn all that is queued leaves in one write. */
  push(frame: Uint8Array): void {
    if (this.#queue.push(frame) > 1) return
    setImmediate(() => {
      this.#socket.write(Buffer.concat(this.#queue))
      this.#queue = []
    })
  }

  async drained(): Promise<void> {
    if (this.#socket.writableNeedDrain) await once(this.#socket, 'drain')
  }
}
