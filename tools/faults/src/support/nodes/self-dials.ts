import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { ListenError } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import { tcp } from '@ts2p/transport-tcp'
import { unless } from '../cases/case-loop.ts'
import type { CaseResult } from '../cases/case-loop.ts'
import { RealNodes } from './real-nodes.ts'
import { codeOf } from './simulated-nodes.ts'

/** Ways to write one's own address. A machine may lack the last three; then nothing can answer there. */
export const spellings: readonly string[] = ['127.0.0.1', 'localhost', '::ffff:127.0.0.1', '::1', hostname()]
const everywhere = spellings.slice(0, 2)

/** A node dials its own address, in one spelling. */
export async function dialItself(index: number): Promise<CaseResult> {
  const spelling = spellings[index] ?? '127.0.0.1'
  const nodes = new RealNodes()
  try {
    const node = await listenOnLoopback(nodes)
    const port = node.addresses[0]?.port ?? 0
    let links = 0
    node.on('peer-connect', () => (links += 1))
    const error: unknown = await node.connect(spelling, port).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const code = codeOf(error)
    const allowed = everywhere.includes(spelling) ? ['REFUSED_ONESELF'] : ['REFUSED_ONESELF', 'UNREACHABLE']
    return {
      violations: [
        ...unless(
          links === 0 && node.routingTable === undefined,
          `A node that dials ${spelling} has a link with itself.`,
        ),
        ...unless(allowed.includes(code), `A node that dials ${spelling} is told ${code}.`),
      ],
    }
  } finally {
    await nodes.close()
  }
}

/** Listens at one port of 127.0.0.1 and, where the machine has it, ::1. */
async function listenOnLoopback(nodes: RealNodes): Promise<MeshSocket> {
  const port = await freePort()
  const at = (hosts: readonly string[]): MeshSocket =>
    nodes.add(new MeshSocket({ transports: [tcp()], listen: hosts.map((host) => ({ host, port })) }))
  const both = at(['127.0.0.1', '::1'])
  try {
    await both.listen()
    return both
  } catch (error) {
    if (!(error instanceof ListenError)) throw error
    const one = at(['127.0.0.1'])
    await one.listen()
    return one
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
