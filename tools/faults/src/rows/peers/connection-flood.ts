import type { Connection, Link } from '@ts2p/base'
import type { MeshSocket } from '@ts2p/mesh'
import { identityFromSeed } from '@ts2p/protocol'
import type { Address, OwnIdentity, Subnet } from '@ts2p/protocol'
import { quickSignatures } from '@ts2p/simulator'
import type { Random, SimulatedNetwork } from '@ts2p/simulator'
import type { FaultRow } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { addressOf, createNetwork, nodePort, pass, startMesh } from '../../support/nodes/simulated-nodes.ts'
import { helloPayload, shakeHands } from '../../support/adversaries/stranger.ts'

const connects = 10_000
const honestCount = 8
/** How long the honest nodes have been linked when the flood begins: more than ten minutes. */
const peaceMs = 11 * 60_000
/** The longest pause between two connects of the flood, milliseconds. */
const gapMsMax = 20

/** Who floods: one identity or many, from one host or many, as nodes that can be dialed or that only dial. */
interface Flood {
  readonly hasOneIdentity: boolean
  readonly hasOneHost: boolean
  readonly isDialOnly: boolean
}

function floodOf(index: number): Flood {
  return { hasOneIdentity: index % 2 === 0, hasOneHost: (index >> 1) % 2 === 0, isDialOnly: (index >> 2) % 2 === 0 }
}

/** 10,000 connects to a node that has eight honest neighbors. */
export const connectionFlood: FaultRow = {
  name: 'connection-flood',
  fault: 'A node is dialed 10,000 times, by one identity or many, from one host or many.',
  mustHold: 'The node has at most coreLinksMax + leafLinksMax links, and 8 of 8 peers of ten minutes are kept.',
  wanted: 16,
  unit: 'floods of 10,000 connects',
  figure: 'links at most',
  open: () => ({ slice: (from, until) => runCases(from, until, runFlood) }),
}

async function runFlood(index: number): Promise<CaseResult> {
  const network = createNetwork(index + 1)
  const target = await startMesh(network, 'target')
  const honest: MeshSocket[] = []
  for (let count = 0; count < honestCount; count += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as nodes join
    const { socket } = await startMesh(network, `honest-${count}`)
    socket.connect('target', nodePort).catch(() => undefined)
    honest.push(socket)
    // oxlint-disable-next-line no-await-in-loop
    await pass(network, 1000)
  }
  await pass(network, peaceMs, 1000)
  const before = new Map(honest.map(({ id }) => [id, target.socket.routingTable?.get(id)]))
  const linked = [...before.values()].filter((link) => link !== undefined).length
  if (linked !== honestCount) return { violations: [`Only ${linked} of ${honestCount} honest nodes linked at first.`] }
  const most = await flood(network, target.socket, { seed: index + 1, ...floodOf(index) })
  return { figure: most, violations: judge(target.socket, { before, most }) }
}

/** Dials, over and over. @returns the most links that the target had */
async function flood(network: SimulatedNetwork, target: MeshSocket, how: Flood & { seed: number }): Promise<number> {
  const { simulation } = network
  const random = randomOf(how.seed)
  const hosts = Array.from({ length: how.hasOneHost ? 1 : 64 }, (_, at) => simulation.host(`flood-${at}`))
  const identities = hosts.map((host) => ({ host, identity: identityFrom(random) }))
  let most = 0
  const sent = { count: 0 }
  const count = (): void => void (most = Math.max(most, target.routingTable?.size ?? 0))
  // Those that can be dialed accept whoever dials them, as attackers would.
  if (!how.isDialOnly) {
    const { subnet } = target
    for (const { host, identity } of identities) {
      const take = (link: Link): void => void shakeHands(link, helloOf(identity, [], subnet), identity)
      // oxlint-disable-next-line no-await-in-loop -- each is at once
      await network.transport(host).listen?.(host.name, nodePort, take)
    }
  }
  const dial = (): void => {
    const { host, identity } = random.pick(identities)
    const addresses = how.isDialOnly ? [] : [addressOf(host.name)]
    const who = how.hasOneIdentity ? (identities[0]?.identity ?? identity) : identityFrom(random)
    shakeHands(network.transport(host).dial('target', nodePort), helloOf(who, addresses, target.subnet), who)
    sent.count += 1
    count()
    if (sent.count < connects) simulation.schedule(random.float() * gapMsMax, dial)
  }
  dial()
  while (sent.count < connects) {
    // oxlint-disable-next-line no-await-in-loop -- time has an order
    await pass(network, 1000)
    count()
  }
  // Handshakes that are under way end, and so do links that go.
  for (let second = 0; second < 20; second += 1) {
    // oxlint-disable-next-line no-await-in-loop
    await pass(network, 1000)
    count()
  }
  return most
}

function judge(
  target: MeshSocket,
  { before, most }: { before: ReadonlyMap<string, Connection | undefined>; most: number },
): string[] {
  const { coreLinksMax, leafLinksMax, peersMax } = target.limits
  const cap = Math.min(peersMax, coreLinksMax + leafLinksMax)
  const now: ReadonlyMap<string, Connection> = target.routingTable ?? new Map()
  const retained = [...before].filter(([id, link]) => link !== undefined && now.get(id) === link).length
  const core = [...now.values()].filter(({ peer }) => peer.addresses.length > 0).length
  return [
    ...unless(most <= cap, `There were ${most} links, ${cap} allowed.`),
    ...unless(core <= coreLinksMax, `There are ${core} core links, ${coreLinksMax} allowed.`),
    ...unless(now.size - core <= leafLinksMax, `There are ${now.size - core} leaf links, ${leafLinksMax} allowed.`),
    ...unless(retained === before.size, `${retained} of ${before.size} honest links were kept.`),
  ]
}

function helloOf(identity: OwnIdentity, addresses: readonly Address[], subnet: Subnet): Uint8Array {
  return helloPayload(identity, { addresses, isHighPriority: true }, subnet)
}

function identityFrom(random: Random): OwnIdentity {
  return identityFromSeed(random.bytes(32), quickSignatures)
}
