// A node in a page: main.ts calls `start`, and asks how many messages it has got.
import { systemEnvironment } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import { websocket } from '@ts2p/transport-websocket'

let received = 0

async function start(port: number, signing: boolean): Promise<void> {
  const socket = new MeshSocket({ transports: [websocket()], environment: systemEnvironment(), signing })
  socket.registerHandler(() => {
    received += 1
    return true
  })
  await socket.connect('127.0.0.1', port)
}

Object.assign(globalThis, { start, received: () => received })
