import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const { freePorts } = createRequire(import.meta.url)('../shim/ports.cjs') as {
  freePorts: (count: number) => Promise<number[]>
}

/** Names of transports, as `base.protocol` takes them. */
export const encryptions = ['Plaintext', 'SSL', 'ws', 'wss'] as const
export type Encryption = (typeof encryptions)[number]

/** What a node of a chain says on its standard output. */
interface Report {
  readonly event: 'listening' | 'linked'
  /** Milliseconds since 1970. */
  readonly at: number
}

interface NodeProcess {
  /** When something happened, milliseconds since 1970. @throws {Error} The process ended before. */
  readonly when: (event: Report['event']) => Promise<number>
  /** Lets the node close. @returns the exit code of its process */
  readonly close: () => Promise<number | null>
}

/**
 * Starts the processes of a chain, each of which creates a socket and connects it to the one before it in the same tick.
 * @param order in which they are started; 0 is the first of the chain
 * @returns from the moment at which the last node listened to the last link, milliseconds; below 0 if the link came first
 * @throws {Error} A process failed.
 */
export async function startChain(encryption: Encryption, order: readonly number[]): Promise<number> {
  const ports = await freePorts(order.length)
  const nodes = order.map((index) => ({
    isFirst: index === 0,
    ...startNode([encryption, ...ports.slice(Math.max(0, index - 1), index + 1).toReversed()].map(String)),
  }))
  const listening = await Promise.all(nodes.map(({ when }) => when('listening')))
  const linked = await Promise.all(nodes.filter(({ isFirst }) => !isFirst).map(({ when }) => when('linked')))
  const codes = await Promise.all(nodes.map(({ close }) => close()))
  if (codes.some((code) => code !== 0)) throw new Error(`The processes ended with ${codes.join(', ')}.`)
  return Math.max(...linked) - Math.max(...listening)
}

function startNode(programArguments: readonly string[]): NodeProcess {
  // The build, as users get it: the condition of vitest's workers must not reach the child.
  const { NODE_OPTIONS: _, ...env } = process.env
  const program = fileURLToPath(new URL('../programs/chain-node.cjs', import.meta.url))
  const child = spawn(process.execPath, [program, ...programArguments], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const waiting = new Map<string, (at: number) => void>()
  const reports = new Map<string, number>()
  createInterface(child.stdout).on('line', (line) => {
    const { event, at } = JSON.parse(line) as Report
    reports.set(event, at)
    waiting.get(event)?.(at)
  })
  return {
    when: (event) =>
      new Promise((resolve, reject) => {
        const at = reports.get(event)
        if (at !== undefined) return resolve(at)
        waiting.set(event, resolve)
        void ended.then((code) => reject(new Error(`A process ended with ${code} before it was ${event}.`)))
      }),
    close: () => {
      child.stdin.end()
      return ended
    },
  }
}
