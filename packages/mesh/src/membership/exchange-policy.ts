import type { NodeId } from '@ts2p/protocol'
import { shuffled } from './dial-plan.ts'
import type { DialCandidate } from './dial-plan.ts'

/** When lists of peers are exchanged. */
export interface ExchangeLimits {
  readonly exchangeMs: number
  readonly exchangeTrustMs: number
  readonly exchangeAddressesMax: number
}

/**
 * The list for a neighbor: half of it nodes linked to this one, half others that this one knows, chosen at random. Nodes that cannot be
 * dialed are left out. If the others are too few, the list also has nodes that could not be reached lately: they may be reachable in another
 * part of the network, or later.
 */
export function samplePeers<P extends DialCandidate>(
  neighbor: NodeId,
  known: { readonly linked: readonly P[]; readonly heardOf: readonly P[]; readonly resting: readonly P[] },
  limits: { exchangeAddressesMax: number },
  random: () => number,
): P[] {
  const isOf = ({ id, addresses }: P): boolean => addresses.length > 0 && id !== neighbor
  const linked = shuffled(known.linked.filter(isOf), random)
  const linkedIds = new Set(linked.map(({ id }) => id))
  const others = [known.heardOf, known.resting].flatMap((nodes) =>
    shuffled(
      nodes.filter((each) => isOf(each) && !linkedIds.has(each.id)),
      random,
    ),
  )
  const half = Math.ceil(limits.exchangeAddressesMax / 2)
  const fromLinked = linked.slice(0, Math.max(half, limits.exchangeAddressesMax - others.length))
  return [...fromLinked, ...others.slice(0, limits.exchangeAddressesMax - fromLinked.length)]
}

/** How many lists a new link may bring at once, while its nodes learn of each other. Later it may bring one per half of `exchangeMs`. */
const listsAtOnce = 4

/** How many more lists of a link are believed, at a time of the monotonic clock, milliseconds. */
export interface ExchangeAllowance {
  readonly lists: number
  readonly at: number
}

export function startAllowance(now: number): ExchangeAllowance {
  return { lists: listsAtOnce, at: now }
}

/** The allowance once a list has come; undefined if the list is one too many. */
export function spendAllowance(
  allowance: ExchangeAllowance,
  limits: ExchangeLimits,
  now: number,
): ExchangeAllowance | undefined {
  const lists = Math.min(listsAtOnce, allowance.lists + (now - allowance.at) / (limits.exchangeMs / 2))
  return lists < 1 ? undefined : { lists: lists - 1, at: now }
}

/**
 * Whether lists of a link are believed. Those of a node that this one chose to dial are. Those of a node that dialed this one are after
 * `exchangeTrustMs`, because anyone can dial.
 */
export function isTrusted(link: { isDialed: boolean; linkedForMs: number }, limits: ExchangeLimits): boolean {
  return link.isDialed || link.linkedForMs >= limits.exchangeTrustMs
}

/**
 * How long until the next exchange, milliseconds. While there are too few links the pause begins with a second and doubles.
 * @param exchanges how many there were since there were too few links
 */
export function exchangeAfterMs({ exchangeMs }: ExchangeLimits, isShort: boolean, exchanges: number): number {
  return isShort ? Math.min(exchangeMs / 2, 1000 * 2 ** exchanges) : exchangeMs
}
