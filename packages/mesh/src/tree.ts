import type { Origin } from './origins.ts'

// The tree by which one origin's messages spread (Leitão, Pereira, Rodrigues: Epidemic Broadcast Trees, 2007), one for each
// origin, so that many who speak at once do not pull one tree to and fro. The link by which a message came first is the
// parent; a neighbour that sends one again is told to leave that, and after a few messages nobody gets anything twice. The
// other links carry word of what there is, and who misses something asks for it, and for all that follows.

/** What the tree needs to know of a link. */
export interface TreeLink {
  readonly id: string
  readonly isCongested: boolean
}

/** A message has come first by this link, over so many links. */
export function grow<L extends TreeLink>(
  origin: Origin<L>,
  from: L,
  at: { readonly hops: number; readonly isNew: boolean; readonly links: Iterable<L> },
): void {
  // Nothing is known of the tree yet: to everyone but those who have it.
  if (at.isNew) origin.eager = [...at.links].filter((link) => link !== from && link.id !== origin.id)
  if (origin.backup?.link === from) origin.backup = undefined
  if (origin.parent !== from) origin.eager = without(origin.eager, from)
  origin.parent = from
  origin.hops = at.hops
}

/** The links by which a message goes on. Those that take data too slowly are left out from now on, and told of it instead. */
export function branches<L extends TreeLink>(origin: Origin<L>): readonly L[] {
  if (origin.eager.some(({ isCongested }) => isCongested)) {
    origin.eager = origin.eager.filter(({ isCongested }) => !isCongested)
  }
  return origin.eager
}

/** The link wants the origin's messages. */
export function graft<L extends TreeLink>(origin: Origin<L>, link: L): void {
  if (!origin.eager.includes(link)) origin.eager = [...origin.eager, link]
}

/** The link has the origin's messages from elsewhere. */
export function prune<L extends TreeLink>(origin: Origin<L>, link: L): void {
  origin.eager = without(origin.eager, link)
}

/**
 * A neighbour has, by another way, what this node has: it can take the parent's place if it is no further from the origin,
 * since it is then none of those who have it from here.
 */
export function noteBackup<L extends TreeLink>(origin: Origin<L>, link: L, hops: number): void {
  if (link === origin.parent || hops > origin.hops) return
  if (!origin.backup || hops < origin.backup.hops) origin.backup = { link, hops }
}

/** The link is gone. @returns the new parent, which must be asked for the origin's messages; undefined: there is none, or no need */
export function lose<L extends TreeLink>(origin: Origin<L>, link: L): L | undefined {
  if (origin.eager.includes(link)) origin.eager = without(origin.eager, link)
  if (origin.backup?.link === link) origin.backup = undefined
  if (origin.parent !== link) return undefined
  origin.parent = origin.backup?.link
  origin.backup = undefined
  return origin.parent
}

function without<L>(links: readonly L[], link: L): L[] {
  return links.filter((each) => each !== link)
}
