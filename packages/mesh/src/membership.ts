import type { Address, NodeId } from '@ts2p/protocol'

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
  /** Nodes that the application has disconnected. */
  readonly avoided: ReadonlySet<NodeId>
  /** Addresses that are dialled again and again until linked, without those that the application named. */
  readonly kept: readonly KeptCandidate[]
  /** Hosts of the links that this node dialled. */
  readonly dialledHosts: readonly string[]
  readonly candidates: readonly Candidate[]
  /** Names of the transports that this node has. */
  readonly transports: readonly string[]
  /** Links wanted. */
  readonly linksWanted: number
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
 * Whom to dial and whom to give up: dial until there are `linksWanted` links, choosing at random so that the links of all
 * nodes together are a random graph, which stays connected when many nodes die; never too many in one /16 network, so
 * that whoever owns one does not own all of a node's links. A link that was lost is dialled for long, beside the others:
 * when the network was divided, and each part has found links enough in itself, these bring the parts together again.
 */
export function planMembership(view: MembershipView, random: () => number): MembershipPlan {
  const giveUp = view.kept
    .filter(({ failures, wasLinked }) => failures >= (wasLinked ? lostFailuresMax : failuresMax))
    .map(({ address }) => address)
  const underWay = view.kept.filter(({ failures }) => failures < failuresMax).length
  const dial: { id: NodeId; address: Address }[] = []
  const perNetwork = countBy(view.dialledHosts.map(networkOf))
  for (const { id, addresses } of shuffled(view.candidates, random)) {
    if (view.linked.size + underWay + dial.length >= view.linksWanted) break
    if (id === view.ourId || view.linked.has(id) || view.avoided.has(id)) continue
    const address = addresses.find((each) => view.transports.includes(each.transport) && !isKept(each, view))
    if (!address) continue
    const network = networkOf(address.host)
    const count = network === undefined ? 0 : (perNetwork.get(network) ?? 0)
    if (count >= view.dialledPerNetworkMax) continue
    perNetwork.set(network, count + 1)
    dial.push({ id, address })
  }
  return { dial, giveUp }
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
  const rest = [...values]
  const result: T[] = []
  while (rest.length > 0) result.push(...rest.splice(Math.floor(random() * rest.length), 1))
  return result
}
