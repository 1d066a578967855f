import type { NodeId } from '@ts2p/protocol'
import { shuffled } from './membership.ts'
import type { Candidate } from './membership.ts'

/** When lists of peers are exchanged. */
export interface ExchangeLimits {
  readonly exchangeMs: number
  readonly exchangeTrustMs: number
  readonly exchangeAddressesMax: number
}

/** The list for a neighbour: half of it nodes linked to this one, half others that it has heard of, chosen at random; none that only dials. */
export function peersFor<P extends Candidate>(
  neighbour: NodeId,
  known: { readonly linked: readonly P[]; readonly heardOf: readonly P[] },
  limits: { exchangeAddressesMax: number },
  random: () => number,
): P[] {
  const isOf = ({ id, addresses }: P): boolean => addresses.length > 0 && id !== neighbour
  const linked = shuffled(known.linked.filter(isOf), random)
  const linkedIds = new Set(linked.map(({ id }) => id))
  const others = shuffled(
    known.heardOf.filter((each) => isOf(each) && !linkedIds.has(each.id)),
    random,
  )
  const half = Math.ceil(limits.exchangeAddressesMax / 2)
  const fromLinked = linked.slice(0, Math.max(half, limits.exchangeAddressesMax - others.length))
  return [...fromLinked, ...others.slice(0, limits.exchangeAddressesMax - fromLinked.length)]
}

/**
 * Whether to believe a list. One from a node that this one chose to dial: yes. One from a node that dialled this one: only
 * after it has been linked for a while, since anyone can dial. And no more often than lists are due.
 */
export function believesList(
  link: { direction: 'dialled' | 'accepted'; linkedForMs: number; sinceLastListMs: number },
  limits: ExchangeLimits,
): boolean {
  if (link.sinceLastListMs < limits.exchangeMs / 2) return false
  return link.direction === 'dialled' || link.linkedForMs >= limits.exchangeTrustMs
}
