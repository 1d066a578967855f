/** A link, as far as its place matters. */
export interface PlacedLink {
  readonly direction: 'dialled' | 'accepted'
  /** Since when there is a link with the node, but for breaks; monotonic milliseconds. */
  readonly since: number
  /** The other side cannot be dialled. */
  readonly isDialOnly: boolean
  /** The host of the other side; undefined if many machines may share it, so that it is not counted. */
  readonly host: string | undefined
}

/** Links with a node each, at most. */
export interface PlaceLimits {
  readonly coreLinksMax: number
  readonly leafLinksMax: number
}

/** Accepted links that are never given up for a newcomer: those that there have been for longest. */
const protectedMax = 4
/** A link does not go before it is so old, milliseconds: whoever has just joined by it has found others by then. */
const settledMs = 10_000
/** A link that has lasted so long does not go for a newcomer, milliseconds: who has stayed is worth more than who presses. */
const lastingMs = 600_000

/**
 * Whether there is a place for a node that has dialled this one. A node that presses, since it has no link or has lost a part of
 * the network, is taken even if another must go for it; that one has other links, and finds one more. Dialled links and the oldest accepted ones do not go, so that whoever
 * dials again and again cannot take all places. When all places are taken, one of the host that has most of them goes for a newcomer of another host.
 */
export function hasPlace(
  newcomer: Pick<PlacedLink, 'isDialOnly' | 'host'> & { readonly isPressing: boolean; readonly before: number },
  links: readonly PlacedLink[],
  limits: PlaceLimits,
  now: number,
): boolean {
  const ofItsKind = links.filter(({ isDialOnly }) => isDialOnly === newcomer.isDialOnly)
  const taken = ofItsKind.length + newcomer.before
  if (newcomer.isDialOnly) {
    return (
      taken < limits.leafLinksMax || overRepresented(ofItsKind, { newcomer: newcomer.host, least: 1 }) !== undefined
    )
  }
  if (taken < limits.coreLinksMax) return true
  const least = limits.coreLinksMax / 2
  return (
    newcomer.isPressing &&
    (overRepresented(ofItsKind, { newcomer: newcomer.host, least }) !== undefined ||
      evictable(ofItsKind, now).length > taken - limits.coreLinksMax)
  )
}

/**
 * The youngest accepted link of the host that has most of them, if the host of a newcomer would still have fewer once that link has gone.
 * @param options.least a host with no more links than this keeps all of them
 */
export function overRepresented<L extends PlacedLink>(
  links: readonly L[],
  { newcomer, least }: { readonly newcomer: string | undefined; readonly least: number },
): L | undefined {
  const byHost = new Map<string, L[]>()
  for (const link of links) {
    if (link.direction !== 'accepted' || link.host === undefined) continue
    const ofHost = byHost.get(link.host)
    if (ofHost) ofHost.push(link)
    else byHost.set(link.host, [link])
  }
  const most = [...byHost.values()].toSorted((a, b) => b.length - a.length)[0] ?? []
  const ofNewcomer = (newcomer === undefined ? undefined : byHost.get(newcomer)?.length) ?? 0
  return most.length > Math.max(least, ofNewcomer + 1) ? most.toSorted((a, b) => b.since - a.since)[0] : undefined
}

/** Of the links with nodes that can be dialled, those that may go for a newcomer that presses. */
export function evictable<L extends PlacedLink>(links: readonly L[], now: number): L[] {
  return unprotected(links).filter(({ since }) => now - since >= settledMs && now - since < lastingMs)
}

/** The one that goes for a link that this node has chosen to make: the youngest of those that others made, if there are enough of them. */
export function expendable<L extends PlacedLink>(links: readonly L[]): L | undefined {
  return unprotected(links).at(-1)
}

function unprotected<L extends PlacedLink>(links: readonly L[]): L[] {
  const accepted = links.filter(({ direction, isDialOnly }) => direction === 'accepted' && !isDialOnly)
  return accepted.toSorted((a, b) => a.since - b.since).slice(protectedMax)
}
