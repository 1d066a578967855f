import { setImmediate as turn } from 'node:timers/promises'
import { systemEnvironment } from '@ts2p/base'
import type { Environment } from '@ts2p/base'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { sampleBytes, sampleKeys } from '../running/samples.ts'
import { signal, until } from '../running/until.ts'

const host = '127.0.0.1'

/** What is done, and how the keys are written: all in one turn, or each in a turn of its own. */
export interface SigningCase {
  readonly doing: 'set' | 'late-join'
  readonly turns: 'one' | 'many'
  readonly count: number
  readonly signing: boolean
}

/** What it took: milliseconds, and of these those in which signatures were made and verified. */
export interface SigningFigures {
  /** Until the other node had all keys. */
  readonly ms: number
  readonly signMs: number
  readonly verifyMs: number
  /** Processor time of both nodes, which share a process. */
  readonly cpuMs: number
}

/** Takes one measure, in this process. */
export async function measureSigning({ doing, turns, count, signing }: SigningCase): Promise<SigningFigures> {
  const spent = { signMs: 0, verifyMs: 0 }
  const [a, b] = [await create(signing, spent), await create(signing, spent)]
  const entries = sampleKeys(count).map((key) => [key, sampleBytes()] as const)
  const write = async (): Promise<void> => {
    for (const [key, value] of entries) {
      a.set(key, value)
      if (turns === 'many') await turn()
    }
  }
  const all = arrivals(b, count)
  if (doing === 'set') await link(a, b)
  else if (turns === 'many') {
    // Somebody is there while they are written, so that each is signed and sent alone.
    const observe = await create(signing, { signMs: 0, verifyMs: 0 })
    const seen = arrivals(observe, count)
    await link(a, observe)
    await write()
    await seen
    await observe.close()
  } else await write()
  spent.signMs = 0
  spent.verifyMs = 0
  const [startedAt, cpuAt] = [performance.now(), process.cpuUsage()]
  if (doing === 'set') await write()
  else await b.connect(host, a.addresses[0]?.port ?? 0)
  await all
  const ms = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuAt)
  if (b.size !== count) throw new Error(`${b.size} keys arrived, not ${count}`)
  return { ms, ...spent, cpuMs: (user + system) / 1000 }
}

/** Resolves when a node has so many keys more. */
function arrivals(node: SyncSocket, count: number): Promise<void> {
  const { given, give } = signal()
  let arrived = 0
  node.on('change', () => {
    arrived += 1
    if (arrived === count) give()
  })
  return given
}

async function link(a: SyncSocket, b: SyncSocket): Promise<void> {
  await b.connect(host, a.addresses[0]?.port ?? 0)
  await until('the nodes are linked', () => a.routingTable?.size === 1)
}

async function create(signing: boolean, spent: { signMs: number; verifyMs: number }): Promise<SyncSocket> {
  const environment = timed(systemEnvironment(), spent)
  // One node writes all: more than a node takes of another by default.
  const storeLimits = { keysPerOwnerMax: 1_000_000 }
  const socket = new SyncSocket({ transports: [tcp()], listen: { host }, signing, environment, storeLimits })
  await socket.listen()
  return socket
}

/** The environment, with a watch on its signatures. */
function timed(environment: Environment, spent: { signMs: number; verifyMs: number }): Environment {
  const scheme = environment.ed25519
  if (!scheme) return environment
  const clocked = <T>(part: 'signMs' | 'verifyMs', act: () => T): T => {
    const startedAt = performance.now()
    const result = act()
    spent[part] += performance.now() - startedAt
    return result
  }
  const ed25519 = {
    ...scheme,
    sign: (message: Uint8Array, seed: Uint8Array) => clocked('signMs', () => scheme.sign(message, seed)),
    verify: (signature: Uint8Array, message: Uint8Array, key: Uint8Array) =>
      clocked('verifyMs', () => scheme.verify(signature, message, key)),
  }
  return { ...environment, ed25519 }
}
