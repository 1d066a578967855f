import type { Address, NodeId } from '@ts2p/protocol'

// Membership after HyParView (Leitão, Pereira, Rodrigues: HyParView, 2007). Each node has few links, chosen at random, so that the links of
// all nodes are a random graph, which stays connected when many nodes die. It knows many more addresses, from which it replaces links.

/** A node that might be dialed. */
export interface DialCandidate {
  readonly id: NodeId
  readonly addresses: readonly Address[]
}

/** A node that is being dialed. */
interface PersistentCandidate {
  readonly address: Address
  /** How many attempts have failed in a row. */
  readonly failures: number
  /** Whether there was a link at this address. */
  readonly wasLinked: boolean
}

/** What the plan is made from. */
export interface DialPlanInput {
  readonly ourId: NodeId
  /** Nodes linked, in either direction. */
  readonly linked: ReadonlySet<NodeId>
  /** How many of them can be dialed. */
  readonly coreLinks: number
  /** Nodes on the ban list. */
  readonly avoided: ReadonlySet<NodeId>
  /** Addresses that are dialed until they are linked, without the seeds of the application. */
  readonly persistentPeers: readonly PersistentCandidate[]
  /** Hosts of the links that this node dialed. */
  readonly dialedHosts: readonly string[]
  readonly candidates: readonly DialCandidate[]
  /** Names of the transports that this node has. */
  readonly transports: readonly string[]
  /** How many links this node dialed. */
  readonly dialedLinks: number
  /** How many links are wanted with nodes that can be dialed. */
  readonly linksWanted: number
  /** Whether a node that has some links may dial one more. */
  readonly isTimeForMore: boolean
  readonly dialedPerNetworkMax: number
}

export interface DialPlan {
  readonly dial: readonly { readonly id: NodeId; readonly address: Address }[]
  readonly giveUp: readonly Address[]
}

/** After this many failed attempts another node is tried instead. */
const failuresMax = 4
/** After this many failed attempts a node is given up to which there was a link. With the pauses between them it takes about an hour. */
const lostFailuresMax = 240

/**
 * The share of the links wanted that is dialed at once. For the rest, others have some time to dial this node: if each node dialed all the
 * links that it wants, there would soon be no free slots.
 */
const shareAtOnce = 2 / 3
/** The share of the links wanted that this node dials itself, however many nodes have dialed it: all of those may be attackers. */
export const shareDialed: number = 1 / 2

/**
 * Decides which nodes to dial and which addresses to give up. It dials nodes chosen at random until there are `linksWanted` links with nodes
 * that can be dialed, and at most `dialedPerNetworkMax` in one /16 network, so that the owner of a network does not own all of a node's
 * links. A lost link is dialed for about an hour beside the others: when the network was divided, and each part has enough links in itself,
 * the lost links bring the parts together again.
 */
export function planDialManager(view: DialPlanInput, random: () => number): DialPlan {
  const giveUp = view.persistentPeers
    .filter(({ failures, wasLinked }) => failures >= (wasLinked ? lostFailuresMax : failuresMax))
    .map(({ address }) => address)
  // An address that has failed once may fail for long: it is dialed further, and another one as well.
  const underWay = view.persistentPeers.filter(({ failures }) => failures === 0).length
  const links = view.coreLinks + underWay
  const atOnce = Math.ceil(view.linksWanted * shareAtOnce) - links
  const isShort = links < view.linksWanted || view.dialedLinks + underWay < view.linksWanted * shareDialed
  const more = view.isTimeForMore && isShort ? 1 : 0
  const most = Math.max(atOnce, more)
  return { dial: most > 0 ? chooseCandidates(view, random, most) : [], giveUp }
}

/** Up to `most` nodes to dial, chosen at random. */
function chooseCandidates(view: DialPlanInput, random: () => number, most: number): { id: NodeId; address: Address }[] {
  const dial: { id: NodeId; address: Address }[] = []
  const perNetwork = countBy(view.dialedHosts.map(networkOf))
  for (const { id, addresses } of shuffled(view.candidates, random)) {
    if (dial.length >= most) break
    if (id === view.ourId || view.linked.has(id) || view.avoided.has(id)) continue
    const address = addresses.find((each) => view.transports.includes(each.transport) && !isKept(each, view))
    if (!address) continue
    const network = networkOf(address.host)
    const count = network === undefined ? 0 : (perNetwork.get(network) ?? 0)
    if (count >= view.dialedPerNetworkMax) continue
    perNetwork.set(network, count + 1)
    dial.push({ id, address })
  }
  return dial
}

function isKept(address: Address, view: DialPlanInput): boolean {
  return view.persistentPeers.some(
    ({ address: kept }) =>
      kept.host === address.host && kept.port === address.port && kept.transport === address.transport,
  )
}

/** The /16 network of a public IPv4 address; undefined where the rule does not apply (names, IPv6, private networks). */
export function networkOf(host: string): string | undefined {
  const octets = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(host)
  if (!octets) return undefined
  const [first, second] = [Number(octets[1]), Number(octets[2])]
  const isPrivate =
    first === 10 || first === 127 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168)
  return isPrivate ? undefined : `${first}.${second}`
}

function countBy<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** A random permutation, after Fisher and Yates. */
export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const result = [...values]
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1))
    const [a, b] = [result[index], result[other]]
    if (a !== undefined && b !== undefined) [result[index], result[other]] = [b, a]
  }
  return result
}
