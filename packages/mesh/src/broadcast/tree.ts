import type { Source } from './sources.ts'
import type { Range } from './sequence-set.ts'

// The tree by which one source's messages spread (Leitão, Pereira, Rodrigues: Epidemic Broadcast Trees, 2007), one for each
// source, so that many who speak at once do not pull one tree to and fro. The link by which a message came first is the
// parent. A neighbor that sends a message again is pruned, so that after a few messages no node gets anything twice. The other links
// carry IHAVE, and a node that misses something asks for it, and for all that follows.

/** What the tree needs to know of a link. */
export interface TreeLink {
  readonly id: string
  readonly isCongested: boolean
}

/** Neighbors that are asked for a source's messages when the parent is lost. */
const fallbackPeersMax = 2
/** How much sooner a neighbor must be for it to be asked instead of the parent, and how long until another one is, milliseconds. */
const [gainMs, optimizeMs] = [20, 1000]

/** A message has come first by this link, over so many links. */
export function onEagerMessage<L extends TreeLink>(
  source: Source<L>,
  from: L,
  at: { readonly hops: number; readonly isNew: boolean; readonly links: Iterable<L> },
): void {
  // Nothing is known of the tree yet: to everyone but those who have it.
  if (at.isNew) source.eager = [...at.links].filter((link) => link !== from && link.id !== source.id)
  if (source.fallback?.link === from) source.fallback = undefined
  if (source.parent !== from) source.eager = without(source.eager, from)
  source.parent = from
  source.hops = at.hops
}

/** The links by which a message goes on: those that are not congested. */
export function eagerPeers<L extends TreeLink>({ eager }: Source<L>): readonly L[] {
  return eager.some(({ isCongested }) => isCongested) ? eager.filter(({ isCongested }) => !isCongested) : eager
}

/** The links by which a short message goes on that must not wait: those that are congested as well. */
export function urgentPeers<L extends TreeLink>({ eager, missed }: Source<L>): readonly L[] {
  return [...eager, ...[...missed].flatMap(([link, { isSkipped }]) => (isSkipped ? [link] : []))]
}

/** Congested links are left out from these messages on, until they ask for what they have missed. */
export function skipCongested<L extends TreeLink>(source: Source<L>, sequences: Range): void {
  for (const link of source.eager) {
    if (link.isCongested) source.missed.set(link, { ranges: source.missed.get(link)?.ranges ?? [], isSkipped: true })
  }
  source.eager = [...eagerPeers(source)]
  for (const [link, { isSkipped }] of source.missed) if (isSkipped) addMissed(source, link, sequences)
}

/** The link was not sent these messages. */
export function addMissed<L>({ missed }: Source<L>, link: L, { first, last }: Range): void {
  const { ranges, isSkipped } = missed.get(link) ?? { ranges: [], isSkipped: false }
  const latest = ranges.at(-1)
  const isNext = latest?.last === first - 1
  missed.set(link, {
    isSkipped,
    ranges: isNext ? [...ranges.slice(0, -1), { first: latest.first, last }] : [...ranges, { first, last }],
  })
}

/** The link has these messages. If it misses no others, it gets the source's messages from elsewhere, or from here again. */
export function removeMissed<L>(source: Source<L>, link: L, sequences: Range): void {
  const backlog = source.missed.get(link)
  if (!backlog) return
  backlog.ranges = backlog.ranges.flatMap((range) => outside(range, sequences))
  if (backlog.ranges.length === 0) source.missed.delete(link)
}

/** These messages are no longer kept. @returns the links that have missed some of them */
export function expireMissed<L>({ missed }: Source<L>, sequences: Range): L[] {
  return [...missed].flatMap(([link, backlog]) => {
    if (!backlog.ranges.some(({ first, last }) => first <= sequences.last && last >= sequences.first)) return []
    backlog.ranges = backlog.ranges.flatMap((range) => outside(range, sequences))
    if (backlog.ranges.length === 0 && !backlog.isSkipped) missed.delete(link)
    return [link]
  })
}

/** The link asks for nothing that it missed: it is sent the next messages again, and prunes this node if it gets them from elsewhere. */
export function resumePeer<L extends TreeLink>(source: Source<L>, link: L): void {
  if (source.missed.get(link)?.isSkipped && source.parent !== link) graft(source, link)
  source.missed.delete(link)
}

/** The link wants the source's messages. */
export function graft<L extends TreeLink>(source: Source<L>, link: L): void {
  const backlog = source.missed.get(link)
  if (backlog) backlog.isSkipped = false
  if (!source.eager.includes(link)) source.eager = [...source.eager, link]
}

/** The link has the source's messages from elsewhere. */
export function prune<L extends TreeLink>(source: Source<L>, link: L): void {
  source.missed.delete(link)
  source.eager = without(source.eager, link)
}

/**
 * A neighbor has, by another way, what this node has: it can take the parent's place if it is no further from the source,
 * since it is then none of those who have it from here.
 */
export function considerFallback<L extends TreeLink>(source: Source<L>, link: L, hops: number): void {
  if (link === source.parent) return
  if (source.fallback?.link === link) source.fallback = undefined
  if (hops > source.hops) return
  if (!source.fallback || hops < source.fallback.hops) source.fallback = { link, hops }
}

/** The link is gone. @returns whether the messages came by it: then others must be asked for them */
export function onPeerDown<L extends TreeLink>(source: Source<L>, link: L): boolean {
  source.missed.delete(link)
  if (source.eager.includes(link)) source.eager = without(source.eager, link)
  if (source.fallback?.link === link) source.fallback = undefined
  if (source.parent !== link) return false
  source.parent = undefined
  return true
}

/**
 * Whom to ask for the messages when the parent is lost: the fallback, and others, in the order given, that do not have them from here
 * for certain. More than one, since what was told of is no more true by now; whoever brings the next message first is the parent.
 */
export function fallbackPeers<L extends TreeLink>({ fallback, eager }: Source<L>, links: readonly L[]): L[] {
  const others = links.filter((link) => link !== fallback?.link && !eager.includes(link))
  return [...(fallback ? [fallback.link] : []), ...others].slice(0, fallbackPeersMax)
}

/**
 * A neighbor has had this message for so long: whether to ask it for those that follow, since it would have brought this one so much
 * sooner than it came that it is worth a copy too many. If it then is the first, it is the parent; if not, it is told to leave it, and
 * nothing is lost. So the tree becomes one of quick ways again when links have changed (as by the optimization of Leitão, Pereira, Rodrigues 2007, which compares hops).
 */
export function optimize<L extends TreeLink>(
  source: Source<L>,
  link: L,
  { first, ageMs }: { readonly first: number; readonly ageMs: number },
  now: number,
): boolean {
  const cameAt = source.cache.get(first)?.receivedAt
  if (cameAt === undefined || ageMs === 0 || !source.parent || source.parent === link) return false
  if (now - ageMs + gainMs > cameAt || now - (source.optimizedAt ?? Number.NEGATIVE_INFINITY) < optimizeMs) return false
  source.optimizedAt = now
  return true
}

/** What of a range is not in the other. */
function outside({ first, last }: Range, other: Range): Range[] {
  const [below, above] = [Math.min(last, other.first - 1), Math.max(first, other.last + 1)]
  return [...(first <= below ? [{ first, last: below }] : []), ...(above <= last ? [{ first: above, last }] : [])]
}

function without<L>(links: readonly L[], link: L): L[] {
  return links.filter((each) => each !== link)
}
