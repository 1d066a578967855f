import type { Graph } from './graph.ts'

/** A place in the picture: from -1 to 1 in each direction. */
export interface Point {
  readonly x: number
  readonly y: number
}

const steps = 240

interface Place {
  readonly id: string
  x: number
  y: number
}

/**
 * Places for nodes, so that linked ones are near each other: springs and repulsion, cooled down (Fruchterman and Reingold: Graph drawing by
 * force-directed placement, 1991). The same nodes and links have the same places, and known ones begin where they were.
 */
export function layOut({ nodes, links }: Graph, known: ReadonlyMap<string, Point>): Map<string, Point> {
  const places: Place[] = nodes.map(({ id }, index) => {
    const angle = (2 * Math.PI * index) / nodes.length
    return { id, ...(known.get(id) ?? { x: Math.cos(angle), y: Math.sin(angle) }) }
  })
  const at = new Map(places.map((place) => [place.id, place]))
  const wanted = 1.1 / Math.sqrt(Math.max(1, nodes.length))
  for (let step = 0; step < steps; step += 1) {
    const heat = 0.1 * (1 - step / steps)
    const pushes = places.map((place) => pushOf(place, places, wanted))
    for (const { a, b } of links) {
      const [from, to] = [at.get(a), at.get(b)]
      if (!from || !to) continue
      const [dx, dy] = [to.x - from.x, to.y - from.y]
      const pull = Math.hypot(dx, dy) / wanted / 2
      add(pushes[places.indexOf(from)], dx * pull, dy * pull)
      add(pushes[places.indexOf(to)], -dx * pull, -dy * pull)
    }
    places.forEach((place, index) => {
      const { x = 0, y = 0 } = pushes[index] ?? {}
      const length = Math.hypot(x, y) || 1
      const reach = Math.min(length, heat) / length
      place.x = bounded(place.x + x * reach)
      place.y = bounded(place.y + y * reach)
    })
  }
  return new Map(propagationOut(places).map(({ id, x, y }) => [id, { x, y }]))
}

/** Fills the picture. */
function propagationOut(places: readonly Place[]): Place[] {
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top]
  const fitted = (value: number, from: number, extent: number): number =>
    extent < 1e-6 ? 0 : ((value - from) / extent) * 2 - 1
  return places.map(({ id, x, y }) => ({ id, x: fitted(x, left, width), y: fitted(y, top, height) }))
}

function pushOf(place: Point, places: readonly Point[], wanted: number): { x: number; y: number } {
  // A little towards the middle, so that parts without links do not drift away.
  const push = { x: -place.x * 0.1, y: -place.y * 0.1 }
  for (const other of places) {
    if (other === place) continue
    const [dx, dy] = [place.x - other.x, place.y - other.y]
    const square = Math.max(dx * dx + dy * dy, 1e-4)
    add(push, (dx * wanted * wanted) / square, (dy * wanted * wanted) / square)
  }
  return push
}

function add(push: { x: number; y: number } | undefined, x: number, y: number): void {
  if (!push) return
  push.x += x
  push.y += y
}

function bounded(value: number): number {
  return Math.max(-1, Math.min(1, value))
}
