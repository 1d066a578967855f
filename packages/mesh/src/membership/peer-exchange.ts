import type { NodeId } from '@ts2p/protocol'
import { shuffled } from './membership.ts'
import type { Candidate } from './membership.ts'

/** When lists of peers are exchanged. */
export interface ExchangeLimits {
  readonly exchangeMs: number
  readonly exchangeTrustMs: number
  readonly exchangeAddressesMax: number
}

/**
 * The list for a neighbour: half of it nodes linked to this one, half others that it has heard of, chosen at random; none that only dials. If those are
 * too few, also such as could not be reached lately: in another part of the network, or later, they may be.
 */
export function peersFor<P extends Candidate>(
  neighbour: NodeId,
  known: { readonly linked: readonly P[]; readonly heardOf: readonly P[]; readonly resting: readonly P[] },
  limits: { exchangeAddressesMax: number },
  random: () => number,
): P[] {
  const isOf = ({ id, addresses }: P): boolean => addresses.length > 0 && id !== neighbour
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

/** Lists that a link may bring one after the other when it is new, while those who link learn of each other; then one per half of `exchangeMs`. */
const listsAtOnce = 4

/** How many more lists of a link are believed, at some moment of the monotonic clock, milliseconds. */
export interface ListAllowance {
  readonly lists: number
  readonly at: number
}

export function startAllowance(now: number): ListAllowance {
  return { lists: listsAtOnce, at: now }
}

/** The allowance once a list has come; undefined if it is one too many. */
export function takeList(allowance: ListAllowance, limits: ExchangeLimits, now: number): ListAllowance | undefined {
  const lists = Math.min(listsAtOnce, allowance.lists + (now - allowance.at) / (limits.exchangeMs / 2))
  return lists < 1 ? undefined : { lists: lists - 1, at: now }
}

/** Whether lists of a link are believed: of a node that this one chose to dial, yes; of one that dialled it after a while, since anyone can dial. */
export function isTrusted(
  link: { direction: 'dialled' | 'accepted'; linkedForMs: number },
  limits: ExchangeLimits,
): boolean {
  return link.direction === 'dialled' || link.linkedForMs >= limits.exchangeTrustMs
}

/** How long until the next exchange: soon and then less and less often while there are too few links, after so many exchanges. */
export function exchangeAfterMs({ exchangeMs }: ExchangeLimits, isShort: boolean, exchanges: number): number {
  return isShort ? Math.min(exchangeMs / 2, 1000 * 2 ** exchanges) : exchangeMs
}
