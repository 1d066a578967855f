import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Transport } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import { selfSignedCertificate, tcp, tls } from '@ts2p/transport-tcp'
import { websocket } from '@ts2p/transport-websocket'
import type { FaultRow } from '../../row.ts'
import { runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { RealNodes } from '../../support/nodes/real-nodes.ts'

const socketCount = 500
const byteMs = 1000
/** How long an honest node may take to join, milliseconds. */
const joinMs = 1500
/** When no slow socket may be left, milliseconds after it was connected. */
const goneMs = 11_000
const transports = ['tcp', 'ws', 'tls'] as const
/** What slow sockets say, from where. The second address of the loopback network is another host to the node. */
const kinds = [
  { bytesPerSecond: 1, from: '127.0.0.1' },
  { bytesPerSecond: 0, from: '127.0.0.1' },
  { bytesPerSecond: 1, from: '127.0.0.2' },
  { bytesPerSecond: 0, from: '127.0.0.2' },
] as const

/** How a connection by a transport begins: no byte of it is wrong, so that only its pace gives it away. */
const beginnings: Readonly<Record<(typeof transports)[number], string>> = {
  // The length of a frame of 200 bytes, as a hello may be.
  tcp: '\0\0\0\xc8\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c',
  ws: 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n',
  tls: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x01\x02\x03\x04',
}

/** 500 sockets that take for ever over their handshake, while an honest node joins. */
export const slowHandshakes: FaultRow = {
  name: 'slow-handshakes',
  fault:
    '500 sockets send 1 byte per second, or none, to a node over tcp, ws and tls, from its own and another address.',
  mustHold: 'An honest node joins in less than 1.5 s meanwhile, and none of the 500 sockets is left after 11 s.',
  wanted: 36,
  unit: 'rounds of 500 sockets',
  figure: 'ms until the honest node had joined',
  isTimed: true,
  async open() {
    const certificate = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
    const of = { tcp: () => tcp(), ws: () => websocket(), tls: () => tls({ certificate, ca: certificate.cert }) }
    return {
      slice: (from, until) =>
        runCases(from, until, (index) => {
          const name = transports[index % transports.length] ?? 'tcp'
          const kind = kinds[Math.floor(index / transports.length) % kinds.length] ?? kinds[0]
          return runRound({ ...kind, name, create: of[name] })
        }),
    }
  },
}

interface Round {
  readonly name: (typeof transports)[number]
  readonly create: () => Transport
  readonly bytesPerSecond: 0 | 1
  readonly from: string
}

async function runRound({ name, create, bytesPerSecond, from }: Round): Promise<CaseResult> {
  const nodes = new RealNodes()
  const slow: SlowSocket[] = []
  const context = `Over ${name}, from ${from}, at ${bytesPerSecond} bytes per second: `
  try {
    const target = nodes.add(new MeshSocket({ transports: [create()], listen: { host: '127.0.0.1', port: 0 } }))
    await target.listen()
    const port = target.addresses[0]?.port ?? 0
    const beginning = bytesPerSecond === 0 ? '' : beginnings[name]
    slow.push(...Array.from({ length: socketCount }, () => new SlowSocket({ port, from, beginning })))
    await Promise.all(slow.map(({ connected }) => connected))
    const reached = slow.filter(({ wasConnected }) => wasConnected).length
    const joins: number[] = []
    // Once while all sockets are new, and once while those with a place have had time to send some bytes.
    for (const afterMs of [0, 4000]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      const honest = nodes.add(new MeshSocket({ transports: [create()] }))
      // oxlint-disable-next-line no-await-in-loop
      joins.push(await timeToJoin(honest, port))
    }
    await Promise.race([
      Promise.all(slow.map(({ gone }) => gone)),
      new Promise((resolve) => setTimeout(resolve, goneMs - (performance.now() - latestOf(slow)))),
    ])
    const left = slow.filter(({ isGone }) => !isGone).length
    const slowest = Math.max(...joins)
    return {
      figure: Math.round(slowest),
      violations: [
        ...unless(reached === socketCount, `${context}only ${reached} sockets were connected.`),
        ...unless(slowest < joinMs, `${context}an honest node took ${joins.map(Math.round).join(' and ')} ms to join.`),
        ...unless(left === 0, `${context}${left} of ${socketCount} sockets are left after ${goneMs} ms.`),
      ],
    }
  } finally {
    for (const socket of slow) socket.end()
    await nodes.close()
  }
}

/** Dials until there is a link, as an application would. @returns milliseconds; 15,000 if there was none by then */
async function timeToJoin(honest: MeshSocket, port: number): Promise<number> {
  const startedAt = performance.now()
  const elapsed = (): number => performance.now() - startedAt
  while (elapsed() < 15_000) {
    // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
    const isLinked = await honest.connect('127.0.0.1', port).then(
      () => true,
      () => false,
    )
    if (isLinked || honest.routingTable) return elapsed()
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return 15_000
}

function latestOf(sockets: readonly SlowSocket[]): number {
  return Math.max(...sockets.map(({ connectedAt }) => connectedAt))
}

/** A client that knows nothing of ts2p and writes the beginning of a handshake, a byte at a time. */
class SlowSocket {
  readonly #socket: Socket
  readonly #timer: NodeJS.Timeout
  /** Both resolve in any case: a socket that could not be connected is gone. */
  readonly connected: Promise<void>
  readonly gone: Promise<void>
  wasConnected = false
  isGone = false
  connectedAt = 0

  constructor({ port, from, beginning }: { port: number; from: string; beginning: string }) {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from })
    this.#socket = socket.on('error', () => undefined).resume()
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()))
    const onConnect = new Promise<void>((resolve) => socket.once('connect', () => resolve()))
    this.connected = Promise.race([onConnect, this.gone])
    let next = 0
    const write = (): void => {
      if (next < beginning.length && socket.writable) socket.write(beginning.charAt(next), 'latin1')
      next += 1
    }
    socket.once('connect', () => {
      this.wasConnected = true
      this.connectedAt = performance.now()
      write()
    })
    socket.once('close', () => (this.isGone = true))
    this.#timer = setInterval(() => this.wasConnected && write(), byteMs)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#socket.destroy()
  }
}
