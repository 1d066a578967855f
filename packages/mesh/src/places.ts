/** A link, as far as its place matters. */
export interface PlacedLink {
  readonly direction: 'dialled' | 'accepted'
  /** Monotonic milliseconds. */
  readonly openedAt: number
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
/** Dialled links that are not replaced: those that there have been for longest, so that nobody can replace all. */
const anchorsMax = 2

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

/** Of the links with nodes that can be dialled, those that may go for a newcomer that has none. */
export function evictable<L extends PlacedLink>(coreLinks: readonly L[], now: number): L[] {
  const accepted = coreLinks.filter(({ direction, isDialOnly }) => direction === 'accepted' && !isDialOnly)
  const byAge = accepted.toSorted((a, b) => a.openedAt - b.openedAt)
  return byAge.slice(protectedMax).filter(({ openedAt }) => now - openedAt >= settledMs)
}

/** The dialled links that may go for another, chosen at random now and then, so that the links stay those of a random graph. */
export function replaceable<L extends PlacedLink>(links: readonly L[]): L[] {
  const dialled = links.filter(({ direction }) => direction === 'dialled')
  return dialled.toSorted((a, b) => a.openedAt - b.openedAt).slice(anchorsMax)
}
