import { connect } from 'node:net'
import { MeshSocket } from '@ts2p/mesh'
import { scaled } from '@ts2p/test-config/scaled'
import { noise } from '@ts2p/transport-noise'
import { selfSignedCertificate, tcp, tls } from '@ts2p/transport-tcp'
import { secureWebsocket, websocket } from '@ts2p/transport-websocket'
import { expect, test } from 'vitest'

const host = '127.0.0.1'
const strangers = scaled(120, 500)
const certificate = await selfSignedCertificate({ hosts: [host] })
const ca = certificate.cert

test.each([
  ['tcp', tcp(), tcp()],
  ['tls', tls({ certificate }), tls({ ca })],
  ['ws', websocket(), websocket()],
  ['wss', secureWebsocket({ certificate }), secureWebsocket({ ca })],
  ['noise', noise(tcp()), noise(tcp())],
])(
  `over %s, of ${strangers} sockets that say nothing few are kept, and a node joins beside them`,
  async (_, transport, dialer) => {
    const server = new MeshSocket({ transports: [transport], listen: { host } })
    await server.listen()
    const { halfOpenMax, halfOpenPerHostMax } = server.limits
    const port = server.addresses[0]?.port ?? 0
    let closed = 0
    const silent = Array.from({ length: strangers }, () => connect({ host, port, localAddress: '127.0.0.2' }))
    await new Promise<void>((resolve) => {
      for (const socket of silent) {
        socket.on('error', () => undefined).resume()
        socket.once('close', () => {
          closed += 1
          // The others have a place, or wait for their refusal.
          if (closed >= strangers - halfOpenPerHostMax - halfOpenMax) resolve()
        })
      }
    })
    const node = new MeshSocket({ transports: [dialer] })
    await node.connect(host, port)
    expect(node.routingTable?.size).toBe(1)
    await Promise.all([node.close(), server.close()])
    for (const socket of silent) socket.destroy()
  },
)
