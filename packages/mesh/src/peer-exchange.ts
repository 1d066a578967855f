import type { KnownPeer, NodeId } from '@ts2p/protocol'
import { shuffled } from './membership.ts'

/** When lists of peers are exchanged. */
export interface ExchangeLimits {
  readonly exchangeMs: number
  readonly exchangeTrustMs: number
  readonly exchangeAddressesMax: number
}

/** The list for a neighbour: the other nodes linked to this one that can be dialled, a random choice if they are many. */
export function peersFor<P extends { readonly id: NodeId } & KnownPeer>(
  neighbour: NodeId,
  linked: readonly P[],
  limits: { exchangeAddressesMax: number },
  random: () => number,
): P[] {
  const others = linked.filter(({ id, addresses }) => addresses.length > 0 && id !== neighbour)
  return shuffled(others, random).slice(0, limits.exchangeAddressesMax)
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
