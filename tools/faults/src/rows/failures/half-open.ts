import type { BaseSocket } from '@ts2p/base'
import { maintenanceMs } from '@ts2p/base'
import type { SimulatedNetwork } from '@ts2p/simulator'
import type { FaultRow } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { addressOf, createNetwork, pass, passUntil, startBase } from '../../support/nodes/simulated-nodes.ts'

/** Pairs of nodes whose link is dropped without a word, and pairs of which nothing is. */
const [droppedPairs, wholePairs] = [100, 100]
const deadMs = 45_000
/** Delays, milliseconds. What is under way when a link is dropped still arrives, so that silence begins later by as much. */
const latencyMs = [1, 300] as const
/** A dial that nobody answers fails after so long in the simulator, milliseconds. */
const dialFailsMs = 5000

/** A pair of nodes: the first keeps a link with the second. */
interface Pair {
  readonly dialer: BaseSocket
  readonly acceptor: BaseSocket
  readonly hosts: readonly [SimulatedHost, SimulatedHost]
  /** When the dialer dialed, virtual milliseconds. */
  readonly dials: number[]
  /** When each end noticed that the link is gone. */
  readonly noticed: number[]
}
type SimulatedHost = ReturnType<SimulatedNetwork['simulation']['host']>

/** Links whose other end is gone without a FIN or RST. */
export const halfOpen: FaultRow = {
  name: 'half-open',
  fault: '100 links of a network are dropped without a word, and 100 others are slow but whole.',
  mustHold:
    'Both ends notice within 45 s of silence and one sweep, redial with jitter, and give up no link that is whole.',
  wanted: 20,
  unit: 'networks of 100 dropped links',
  figure: 's until the last end noticed',
  open: () => ({ slice: (from, until) => runCases(from, until, runNetwork) }),
}

async function runNetwork(index: number): Promise<CaseResult> {
  const random = randomOf(index)
  const network = createNetwork(index + 1, { latencyMs })
  const pairs: Pair[] = []
  for (let count = 0; count < droppedPairs + wholePairs; count += 1) {
    // oxlint-disable-next-line no-await-in-loop -- they start at other times, so that their sweeps do not fall together
    pairs.push(await startPair(network, count))
    // oxlint-disable-next-line no-await-in-loop
    await pass(network, random.integer(1, 40), 40)
  }
  const isLinked = ({ dialer, acceptor }: Pair): boolean => dialer.connections.size + acceptor.connections.size === 2
  if (!(await passUntil(network, () => pairs.every(isLinked), 20_000)))
    return { violations: ['Not all pairs were linked at first.'] }
  await pass(network, random.integer(1, 60_000), 1000)
  const [dropped, whole] = [pairs.slice(0, droppedPairs), pairs.slice(droppedPairs)]
  network.partition([dropped.map(({ hosts }) => hosts[0]), dropped.map(({ hosts }) => hosts[1])])
  const cutAt = network.simulation.elapsedMs
  await passUntil(network, () => dropped.every(({ noticed }) => noticed.length === 2), 2 * deadMs, 500)
  const latest =
    Math.max(...dropped.map(({ noticed }) => (noticed.length === 2 ? Math.max(...noticed) : Infinity))) - cutAt
  // Long enough for some attempts that fail.
  await pass(network, 60_000, 1000)
  const pauses = dropped.flatMap((pair) => pausesOf(pair))
  network.heal()
  const returned = await passUntil(network, () => pairs.every(isLinked), 60_000, 500)
  const lost = whole.filter(({ noticed }) => noticed.length > 0).length
  return {
    figure: latest / 1000,
    violations: [
      ...unless(
        latest <= latencyMs[1] + deadMs + maintenanceMs,
        `An end needed ${latest / 1000} s to notice that its link was gone.`,
      ),
      ...unless(lost === 0, `${lost} of ${wholePairs} links that were whole were given up.`),
      ...unless(returned, 'Not all pairs were linked again within 60 s of healing.'),
      ...judgePauses(pauses),
    ],
  }
}

/** The pauses after the third attempt that failed: uniform over two seconds, if they are jittered. */
function judgePauses(pauses: readonly number[]): string[] {
  const counts = new Map<number, number>()
  for (const pause of pauses) {
    const bin = Math.round(pause / maintenanceMs)
    counts.set(bin, (counts.get(bin) ?? 0) + 1)
  }
  const most = Math.max(0, ...counts.values())
  return [
    ...unless(pauses.length >= droppedPairs / 2, `Only ${pauses.length} nodes dialed again four times.`),
    ...unless(
      counts.size >= 3 && most <= pauses.length / 2,
      `Redials are not jittered: ${most} of ${pauses.length} pauses were the same to half a second.`,
    ),
  ]
}

/** The pause before the fourth attempt since the link was lost. */
function pausesOf({ dials, noticed }: Pair): number[] {
  const since = dials.filter((at) => at >= Math.min(...noticed))
  const [third, fourth] = [since[2], since[3]]
  return third === undefined || fourth === undefined ? [] : [fourth - third - dialFailsMs]
}

async function startPair(network: SimulatedNetwork, count: number): Promise<Pair> {
  const { simulation } = network
  const hosts = [simulation.host(`dialer-${count}`), simulation.host(`acceptor-${count}`)] as const
  const [dials, noticed]: [number[], number[]] = [[], []]
  const transport = network.transport(hosts[0])
  const observed = {
    ...transport,
    dial: (host: string, port: number) => {
      dials.push(simulation.elapsedMs)
      return transport.dial(host, port)
    },
  }
  const { socket: acceptor } = await startBase(network, hosts[1].name, { host: hosts[1] })
  const { socket: dialer } = await startBase(network, hosts[0].name, { host: hosts[0], transports: [observed] })
  for (const socket of [dialer, acceptor]) socket.on('unlink', () => noticed.push(simulation.elapsedMs))
  dialer.addPersistentPeer(addressOf(hosts[1].name))
  return { dialer, acceptor, hosts, dials, noticed }
}
