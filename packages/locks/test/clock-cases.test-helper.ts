import type { Host, SimulatedNetwork } from '@ts2p/simulator'
import type { Lock } from '../src/held-lock.ts'
import { ask, createNetwork, settled, startNodes } from '../src/nodes.test-helper.ts'
import type { TestNode } from '../src/nodes.test-helper.ts'

/** What happens to the clock of one node, the odd one, while all nodes want one lock. */
export interface ClockCase {
  readonly name: string
  readonly happens: (network: SimulatedNetwork, host: Host) => void
  /** For how long nothing can be said of the node: its machine sleeps, milliseconds. */
  readonly asleepMs?: number
}

const step = (name: string, ms: number): ClockCase => ({ name, happens: (_, host) => (host.skewMs = ms) })
const sleep = (name: string, ms: number): ClockCase => ({
  name,
  happens: ({ simulation }, host) => simulation.suspend(host, ms),
  asleepMs: ms,
})

const hourMs = 3_600_000

export const clockCases: readonly ClockCase[] = [
  step('+5 s', 5000),
  step('+10 s', 10_000),
  step('+20 s', 20_000),
  step('+45 s', 45_000),
  step('+10 min', 600_000),
  step('+2 h', 2 * hourMs),
  step('+31 days', 31 * 24 * hourMs),
  step('−1 h', -hourMs),
  sleep('suspend of 20 s', 20_000),
  sleep('suspend of 2 h', 2 * hourMs),
]
export const sizes = [2, 3, 10] as const
export const leases = [
  { name: '10 s', seconds: 10 },
  { name: '1 h', seconds: 3600 },
] as const

/** What a run has shown. */
export interface Outcome {
  /** Who could have the lock in the end. */
  readonly lock: 'all' | 'the others' | 'nobody'
  /** For how long two nodes held it at once, milliseconds. */
  readonly twoMs: number
  /** What became of a `set` of the odd node in the end. */
  readonly set: 'writes' | 'CLOCK_SKEW'
  /** Codes of the issues of the odd node, and of the others. */
  readonly there: ReadonlySet<string>
  readonly elsewhere: ReadonlySet<string>
  /** Keys that a node lacked in the end. */
  readonly missing: readonly string[]
}

/** How often the run looks who holds the lock, milliseconds. */
const lookMs = 250
/** How long after the event the run goes on, milliseconds: three leases of 10 s. */
const afterMs = 15_000
/** When a node that was refused, or has lost the lock, asks again, milliseconds. */
const againMs = 2000

/** One node that wants the lock, and asks again whenever it does not get it, or loses it. */
class Candidate {
  readonly node: TestNode
  #asked: { value: Lock | undefined; error: unknown } | undefined
  #askAt: number
  /** Whether it held the lock when it looked last. */
  isHolder = false

  constructor(node: TestNode, askAt: number) {
    this.node = node
    this.#askAt = askAt
  }

  look(elapsedMs: number): void {
    const { value, error } = this.#asked ?? {}
    this.isHolder = value?.isHeld ?? false
    if (this.#asked && !this.isHolder && (value ?? error) !== undefined && this.#askAt < 0)
      this.#askAt = elapsedMs + againMs
    if (this.#askAt < 0 || elapsedMs < this.#askAt) return
    this.#askAt = -1
    this.#asked = ask(this.node, { leaseSeconds: this.node.socket.leaseSeconds })
  }

  /** Gives the lock up, so that the next one can have it. */
  release(): void {
    if (this.isHolder) this.#asked?.value?.release()
  }
}

/** Runs a case: all nodes want one lock; the odd node, or another one, has it when the clock of the odd node is moved. */
export async function runCase(
  { happens, asleepMs = 0 }: ClockCase,
  options: { readonly seed: number; readonly size: number; readonly leaseSeconds: number; readonly oddHolds: boolean },
): Promise<Outcome> {
  const { seed, size, leaseSeconds, oddHolds } = options
  const network = createNetwork(seed, { latencyMs: [1, 40] })
  const { simulation } = network
  const names = Array.from({ length: size }, (_, index) => `n${index}`)
  const nodes = await startNodes(network, names, { leaseSeconds })
  const [first] = nodes
  const odd = nodes.at(-1)
  if (!first || !odd) throw new Error('There are two nodes at least.')
  for (const { name, socket } of nodes) socket.set(`before of ${name}`, name)
  const holder = oddHolds ? odd : first
  const start = simulation.elapsedMs
  // The next one to want the lock is the other one of the two.
  const candidates = nodes.map((node) => {
    return new Candidate(node, start + (node === holder ? 0 : node === first || node === odd ? 3000 : 3500))
  })
  let twoMs = 0
  const could = new Set<TestNode>()
  const pass = async (ms: number, isLate: boolean): Promise<void> => {
    const end = simulation.elapsedMs + ms
    while (simulation.elapsedMs < end) {
      simulation.runFor(Math.min(lookMs, end - simulation.elapsedMs))
      await settled()
      const isAsleep = simulation.elapsedMs < start + 5000 + asleepMs && simulation.elapsedMs > start + 5000
      const awake = candidates.filter(({ node }) => !(isAsleep && node === odd))
      for (const candidate of awake) candidate.look(simulation.elapsedMs)
      const holders = awake.filter(({ isHolder }) => isHolder)
      if (holders.length > 1) twoMs += lookMs
      for (const candidate of isLate ? holders : []) {
        could.add(candidate.node)
        candidate.release()
      }
    }
  }
  await pass(5000, false)
  happens(network, odd.host)
  if (asleepMs > 0) await pass(asleepMs, false)
  await pass(afterMs, false)
  // From now on each that gets the lock gives it up at once: who gets it at all?
  await pass(2 * afterMs, true)
  const set = outcomeOfSet(odd)
  for (const { name, socket } of nodes) if (name !== odd.name) socket.set(`after of ${name}`, name)
  await pass(2000, true)
  return {
    lock: could.has(odd) ? 'all' : could.size > 0 ? 'the others' : 'nobody',
    twoMs,
    set,
    there: new Set(odd.socket.issues.map(({ code }) => code)),
    elsewhere: new Set(
      nodes.filter((node) => node !== odd).flatMap(({ socket }) => socket.issues.map(({ code }) => code)),
    ),
    missing: nodes.flatMap(({ name, socket }) => {
      const wanted = nodes.flatMap((other) => [
        `before of ${other.name}`,
        ...(name === odd.name || other === odd ? [] : [`after of ${other.name}`]),
      ])
      return wanted.filter((key) => !socket.has(key)).map((key) => `${key} on ${name}`)
    }),
  }
}

function outcomeOfSet({ socket }: TestNode): Outcome['set'] {
  try {
    socket.set('of the odd node', 'x')
    return 'writes'
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'CLOCK_SKEW') return 'CLOCK_SKEW'
    throw error
  }
}
