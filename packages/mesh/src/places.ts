/** A link, as far as its place matters. */
export interface PlacedLink {
  readonly direction: 'dialled' | 'accepted'
  /** Since when there is a link with the node, but for breaks; monotonic milliseconds. */
  readonly since: number
  /** The other side cannot be dialled. */
  readonly isDialOnly: boolean
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
 * dials again and again cannot take all places.
 */
export function hasPlace(
  newcomer: { readonly isDialOnly: boolean; readonly isPressing: boolean; readonly before: number },
  links: readonly PlacedLink[],
  limits: PlaceLimits,
  now: number,
): boolean {
  const ofItsKind = links.filter(({ isDialOnly }) => isDialOnly === newcomer.isDialOnly)
  const taken = ofItsKind.length + newcomer.before
  if (newcomer.isDialOnly) return taken < limits.leafLinksMax
  return (
    taken < limits.coreLinksMax ||
    (newcomer.isPressing && evictable(ofItsKind, now).length > taken - limits.coreLinksMax)
  )
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
