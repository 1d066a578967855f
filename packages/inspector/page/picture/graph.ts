import type { OtherNode, Snapshot } from '../../src/wire.ts'

/** A node of the picture. */
interface GraphNode {
  readonly id: string
  /** 'told': it has an inspector, and tells its links. */
  readonly kind: 'inspected' | 'page' | 'told' | 'other'
}

/** A link of the picture, between two nodes in the order of their ids. */
export interface GraphLink {
  readonly a: string
  readonly b: string
  /** In the tree of the chosen source; 'plain': nobody has told. */
  readonly kind: 'eager' | 'lazy' | 'plain'
  /** Of an eager link: where the messages go. */
  readonly to: string | undefined
}

/** Who is linked with whom, as far as anybody has told. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly links: readonly GraphLink[]
}

type Told = Pick<OtherNode, 'id' | 'trees'> & { readonly links: readonly string[] }

/** Puts together what the nodes tell of themselves. */
export function graphOf(
  { links, trees, others }: Pick<Snapshot, 'links' | 'trees' | 'others'>,
  { inspected, page, source }: { inspected: OtherNode['id']; page: string | undefined; source: string },
): Graph {
  const own: Told = { id: inspected, trees, links: links.map(({ id }) => id) }
  const found = new Map<string, GraphLink>()
  const ids = new Set<string>([inspected])
  for (const told of [own, ...others]) {
    ids.add(told.id)
    for (const other of told.links) {
      ids.add(other)
      put(found, linkOf(told, other, source))
    }
  }
  const tellers = new Set<string>(others.map(({ id }) => id))
  const kindOf = (id: string): GraphNode['kind'] => {
    if (id === inspected) return 'inspected'
    if (id === page) return 'page'
    return tellers.has(id) ? 'told' : 'other'
  }
  return {
    nodes: [...ids].toSorted().map((id) => ({ id, kind: kindOf(id) })),
    links: [...found.values()].toSorted((x, y) => nameOf(x).localeCompare(nameOf(y))),
  }
}

/** What links are called, whichever side has told. */
export function nameOf({ a, b }: Pick<GraphLink, 'a' | 'b'>): string {
  return `${a} ${b}`
}

/** A message goes over a link to a node. */
interface WaveStep {
  readonly link: GraphLink
  readonly to: string
  /** Links that it has crossed then. */
  readonly hops: number
}

/** In which order a source's message reaches the nodes, along the eager links of its tree that are known. */
export function wave({ links }: Graph, source: string): WaveStep[] {
  const steps: WaveStep[] = []
  const reached = new Set([source])
  let front = [source]
  for (let hops = 1; front.length > 0; hops += 1) {
    const next: string[] = []
    for (const link of links) {
      const { a, b, to } = link
      if (to === undefined || reached.has(to) || !front.includes(to === a ? b : a)) continue
      reached.add(to)
      next.push(to)
      steps.push({ link, to, hops })
    }
    front = next
  }
  return steps
}

function linkOf(told: Told, other: string, source: string): GraphLink {
  const [a, b] = told.id < other ? [told.id, other] : [other, told.id]
  const tree = told.trees.find((each) => each.source === source)
  if (tree?.parent === other) return { a, b, kind: 'eager', to: told.id }
  if (tree?.eager.some((id) => id === other)) return { a, b, kind: 'eager', to: other }
  return { a, b, kind: tree ? 'lazy' : 'plain', to: undefined }
}

/** An eager link is so if one side says so: the other may just not have heard. */
function put(links: Map<string, GraphLink>, link: GraphLink): void {
  const rank = { eager: 2, lazy: 1, plain: 0 } as const
  const known = links.get(nameOf(link))
  if (!known || rank[link.kind] > rank[known.kind]) links.set(nameOf(link), link)
}
