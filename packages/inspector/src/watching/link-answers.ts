import type { Message, TreeView } from '@ts2p/mesh'
import { isNodeId } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import type { Inspected } from '../inspected.ts'
import type { OtherNode } from '../wire.ts'

/** The type of the question for a node's links, which nodes with an inspector answer. */
export const linksType = 'ts2p/inspect/links'
/** Bounds of an answer: an honest node has fewer links, and tells of this many trees. */
const linksMax = 128
const treesMax = 32
const answerCharsMax = 512 * 1024

/** The latest trees of a node, its own first. A node that was started again is there once. */
export function latestTrees(node: Pick<Inspected, 'trees'>, max: number = treesMax): TreeView[] {
  const [own, ...others] = node.trees()
  const latest = new Map(others.slice(1 - max).map((tree) => [tree.source, tree]))
  if (own) latest.delete(own.source)
  return [...(own ? [own] : []), ...latest.values()]
}

/** A node's links, as it tells them to others. */
export function linksAnswer(node: Pick<Inspected, 'routingTable' | 'trees'>): string {
  return JSON.stringify({ links: [...(node.routingTable?.keys() ?? [])], trees: latestTrees(node) })
}

/** What a node has answered; undefined if that is no answer: it may be anybody's. */
export function readLinksAnswer(id: NodeId, { packets }: Pick<Message, 'packets'>): OtherNode | undefined {
  try {
    const [, bytes = new Uint8Array(0)] = packets
    if (bytes.length > answerCharsMax) return undefined
    const { links, trees } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    if (!isIds(links) || !Array.isArray(trees) || trees.length > treesMax || !trees.every(isTree)) return undefined
    return { id, links, trees }
  } catch {
    return undefined
  }
}

function isIds(value: unknown): value is NodeId[] {
  return (
    Array.isArray(value) &&
    value.length <= linksMax &&
    value.every((each) => typeof each === 'string' && each.length <= 64 && isNodeId(each))
  )
}

function isTree(value: unknown): value is TreeView {
  if (typeof value !== 'object' || value === null) return false
  const { source, parent, eager, lazy } = value as Record<string, unknown>
  return isIds([source]) && (parent === undefined || isIds([parent])) && isIds(eager) && isIds(lazy)
}
