import type { Import } from './imports.ts'

/** What is found of cycles among imports. */
export interface Cycles {
  /** Each is a way from a file back to itself. Without the last import of each there would be no cycle. */
  readonly unexplained: readonly (readonly Import[])[]
  /** Imports that close a cycle and say why. */
  readonly explained: readonly Import[]
  /** Imports that say why they close a cycle, and close none. */
  readonly stale: readonly Import[]
}

/** Finds the cycles among imports. An import with a reason explains every cycle that it is part of. */
export function findCycles(imports: readonly Import[]): Cycles {
  const all = byFile(imports)
  const given = imports.filter(({ reason }) => reason !== undefined)
  const closes = ({ from, to }: Import): boolean => from === to || shortestWay(all, to, from) !== undefined
  return {
    unexplained: cyclesOf(byFile(imports.filter(({ reason }) => reason === undefined))),
    explained: given.filter(closes),
    stale: given.filter((each) => !closes(each)),
  }
}

type Graph = ReadonlyMap<string, readonly Import[]>

function byFile(imports: readonly Import[]): Graph {
  const files = new Map<string, Import[]>()
  for (const each of imports) files.set(each.from, [...(files.get(each.from) ?? []), each])
  return files
}

/** Walks in depth. An import of a file on the path to it closes a cycle; its shortest form is told. */
function cyclesOf(graph: Graph): Import[][] {
  const found: Import[][] = []
  const done = new Set<string>()
  const path = new Set<string>()
  for (const file of graph.keys()) visit(file)
  return found

  function visit(file: string): void {
    if (done.has(file)) return
    path.add(file)
    for (const each of graph.get(file) ?? []) {
      if (path.has(each.to)) found.push([...(shortestWay(graph, each.to, file) ?? []), each])
      else visit(each.to)
    }
    path.delete(file)
    done.add(file)
  }
}

/** The fewest imports that lead from one file to another; none if they are the same; undefined if there is no way. */
function shortestWay(graph: Graph, from: string, to: string): Import[] | undefined {
  const ways = new Map<string, Import[]>([[from, []]])
  // A map iterates over what is added meanwhile: files are visited by their distance.
  for (const [file, way] of ways) {
    if (file === to) return way
    for (const each of graph.get(file) ?? []) if (!ways.has(each.to)) ways.set(each.to, [...way, each])
  }
  return undefined
}
