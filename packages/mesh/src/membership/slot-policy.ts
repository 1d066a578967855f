/** A connection, as far as its slot matters. */
export interface Slot {
  readonly direction: 'dialed' | 'accepted'
  /** When the connection with the node was first made, apart from breaks; monotonic milliseconds. */
  readonly since: number
  /** The other side cannot be dialed. */
  readonly isDialOnly: boolean
  /** The host of the other side; undefined if many machines may share it, so that it is not counted. */
  readonly host: string | undefined
}

/** How many connections there are at most, each with another node. */
export interface SlotLimits {
  readonly coreLinksMax: number
  readonly leafLinksMax: number
}

/** How many accepted connections are never evicted: the oldest ones. */
const protectedMax = 4
/** A connection is not evicted before this age, milliseconds: a node that has just joined by it has found others by then. */
const settledMs = 10_000
/** From this age on a connection is not evicted for an inbound peer, milliseconds: a node that has stayed is worth more than one that insists. */
const lastingMs = 600_000

/**
 * Whether there is a slot for a node that has dialed this one. A node without links, or one that has lost a part of the network, joins with
 * high priority (`isHighPriority`): it gets a slot even if another node must be evicted, which has other links and finds one more. Dialed
 * connections and the oldest accepted ones are not evicted, so that a node that dials again and again cannot take all slots. When all slots
 * are taken, a connection of the host that has most of them is evicted for a node of another host.
 * @param inbound.before how many nodes of its kind were given a slot and have not finished their handshakes
 */
export function hasSlot(
  inbound: Pick<Slot, 'isDialOnly' | 'host'> & { readonly isHighPriority: boolean; readonly before: number },
  slots: readonly Slot[],
  limits: SlotLimits,
  now: number,
): boolean {
  const ofItsKind = slots.filter(({ isDialOnly }) => isDialOnly === inbound.isDialOnly)
  const taken = ofItsKind.length + inbound.before
  if (inbound.isDialOnly) {
    return taken < limits.leafLinksMax || evictableByHost(ofItsKind, { inbound: inbound.host, least: 1 }) !== undefined
  }
  if (taken < limits.coreLinksMax) return true
  const least = limits.coreLinksMax / 2
  return (
    inbound.isHighPriority &&
    (evictableByHost(ofItsKind, { inbound: inbound.host, least }) !== undefined ||
      evictable(ofItsKind, now).length > taken - limits.coreLinksMax)
  )
}

/**
 * The youngest accepted connection of the host that has most of them, if the host of the inbound peer still has fewer once that connection is
 * evicted.
 * @param options.inbound the host of the inbound peer
 * @param options.least a host with at most this many connections keeps all of them
 */
export function evictableByHost<S extends Slot>(
  slots: readonly S[],
  { inbound, least }: { readonly inbound: string | undefined; readonly least: number },
): S | undefined {
  const byHost = new Map<string, S[]>()
  for (const slot of slots) {
    if (slot.direction !== 'accepted' || slot.host === undefined) continue
    const ofHost = byHost.get(slot.host)
    if (ofHost) ofHost.push(slot)
    else byHost.set(slot.host, [slot])
  }
  const most = [...byHost.values()].toSorted((a, b) => b.length - a.length)[0] ?? []
  const ofInbound = (inbound === undefined ? undefined : byHost.get(inbound)?.length) ?? 0
  return most.length > Math.max(least, ofInbound + 1) ? most.toSorted((a, b) => b.since - a.since)[0] : undefined
}

/** Of the connections with nodes that can be dialed, those that may be evicted for a node that joins with high priority. */
export function evictable<S extends Slot>(slots: readonly S[], now: number): S[] {
  return unprotected(slots).filter(({ since }) => now - since >= settledMs && now - since < lastingMs)
}

/** The connection that is evicted for one that this node has dialed: the youngest accepted one, unless all accepted ones are protected. */
export function evictableForDial<S extends Slot>(slots: readonly S[]): S | undefined {
  return unprotected(slots).at(-1)
}

function unprotected<S extends Slot>(slots: readonly S[]): S[] {
  const accepted = slots.filter(({ direction, isDialOnly }) => direction === 'accepted' && !isDialOnly)
  return accepted.toSorted((a, b) => a.since - b.since).slice(protectedMax)
}
