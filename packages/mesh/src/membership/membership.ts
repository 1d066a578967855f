import type { Address, NodeId } from '@ts2p/protocol'

// Membership after HyParView (Leitão, Pereira, Rodrigues: HyParView, 2007): few links, chosen at random, so that those of
// all nodes together are a random graph, which stays connected when many nodes die; and many addresses known besides, to
// choose others from.

/** A node that might be dialled. */
export interface Candidate {
  readonly id: NodeId
  readonly addresses: readonly Address[]
}

/** A node that is being dialled. */
interface KeptCandidate {
  readonly address: Address
  /** Attempts that have failed in a row. */
  readonly failures: number
  /** Whether a link came about there before. */
  readonly wasLinked: boolean
}

/** What the plan knows. */
export interface MembershipView {
  readonly ourId: NodeId
  /** Nodes linked, in either direction. */
  readonly linked: ReadonlySet<NodeId>
  /** How many of them can be dialled. */
  readonly coreLinks: number
  /** Nodes that the application has disconnected. */
  readonly avoided: ReadonlySet<NodeId>
  /** Addresses that are dialled again and again until linked, without those that the application named. */
  readonly kept: readonly KeptCandidate[]
  /** Hosts of the links that this node dialled. */
  readonly dialledHosts: readonly string[]
  readonly candidates: readonly Candidate[]
  /** Names of the transports that this node has. */
  readonly transports: readonly string[]
  /** Of them, those that this node dialled. */
  readonly dialledLinks: number
  /** Links wanted with nodes that can be dialled. */
  readonly linksWanted: number
  /** Whether one more may be dialled by a node that has some. */
  readonly isTimeForMore: boolean
  readonly dialledPerNetworkMax: number
}

export interface MembershipPlan {
  readonly dial: readonly { readonly id: NodeId; readonly address: Address }[]
  readonly giveUp: readonly Address[]
}

/** Attempts after which another node is tried instead. */
const failuresMax = 4
/** Attempts after which a node is given up to which there was a link; with the pauses in between about an hour. */
const lostFailuresMax = 240

/**
 * Which share of the links wanted is dialled at once. For the rest others have a while to dial this node: if each dialled
 * all that it wants, there would soon be no places left.
 */
const shareAtOnce = 2 / 3
/** Which share of the links wanted this node dials whoever has dialled it: all others may be with somebody who means ill. */
export const shareDialled: number = 1 / 2

/**
 * Whom to dial and whom to give up: dial until there are `linksWanted` links with nodes that can be dialled, choosing at
 * random; never too many in one /16 network, so that whoever owns one does not own all of a node's links. A link that was
 * lost is dialled for long, beside the others: when the network was divided, and each part has found links enough in
 * itself, these bring the parts together again.
 */
export function planMembership(view: MembershipView, random: () => number): MembershipPlan {
  const giveUp = view.kept
    .filter(({ failures, wasLinked }) => failures >= (wasLinked ? lostFailuresMax : failuresMax))
    .map(({ address }) => address)
  // What has failed once may fail for long: it is dialled on, and another as well.
  const underWay = view.kept.filter(({ failures }) => failures === 0).length
  const links = view.coreLinks + underWay
  const atOnce = Math.ceil(view.linksWanted * shareAtOnce) - links
  const isShort = links < view.linksWanted || view.dialledLinks + underWay < view.linksWanted * shareDialled
  const more = view.isTimeForMore && isShort ? 1 : 0
  const most = Math.max(atOnce, more)
  return { dial: most > 0 ? chooseCandidates(view, random, most) : [], giveUp }
}

/** Up to so many nodes to dial, at random. */
function chooseCandidates(
  view: MembershipView,
  random: () => number,
  most: number,
): { id: NodeId; address: Address }[] {
  const dial: { id: NodeId; address: Address }[] = []
  const perNetwork = countBy(view.dialledHosts.map(networkOf))
  for (const { id, addresses } of shuffled(view.candidates, random)) {
    if (dial.length >= most) break
    if (id === view.ourId || view.linked.has(id) || view.avoided.has(id)) continue
    const address = addresses.find((each) => view.transports.includes(each.transport) && !isKept(each, view))
    if (!address) continue
    const network = networkOf(address.host)
    const count = network === undefined ? 0 : (perNetwork.get(network) ?? 0)
    if (count >= view.dialledPerNetworkMax) continue
    perNetwork.set(network, count + 1)
    dial.push({ id, address })
  }
  return dial
}

function isKept(address: Address, view: MembershipView): boolean {
  return view.kept.some(
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

/** Fisher and Yates. */
export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const result = [...values]
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1))
    const [a, b] = [result[index], result[other]]
    if (a !== undefined && b !== undefined) [result[index], result[other]] = [b, a]
  }
  return result
}
