import type { NodeId } from '@ts2p/protocol'

/** What the plan needs to know of a neighbour. */
export interface Neighbour {
  readonly id: NodeId
  readonly isCongested: boolean
}

/** To whom a message goes now, and to whom it must be offered again later. */
export interface BroadcastPlan<N extends Neighbour> {
  readonly send: readonly N[]
  readonly later: readonly N[]
}

/**
 * Flooding: a message goes to every neighbour but the one that brought it and the one that made it. A neighbour that
 * takes data more slowly than it comes is left out, so that it holds up nobody; it is offered the message when it has
 * caught up.
 */
export function planBroadcast<N extends Neighbour>(
  neighbours: Iterable<N>,
  message: { origin: NodeId; from: NodeId | undefined },
): BroadcastPlan<N> {
  const send: N[] = []
  const later: N[] = []
  for (const neighbour of neighbours) {
    if (neighbour.id === message.from || neighbour.id === message.origin) continue
    if (neighbour.isCongested) later.push(neighbour)
    else send.push(neighbour)
  }
  return { send, later }
}
