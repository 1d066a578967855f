import type { NodeDescription, Snapshot, Propagation } from '../../src/wire.ts'
import { cell, element, rowHeader, shortId } from '../element.ts'
import { graphOf, wave } from './graph.ts'
import type { Graph } from './graph.ts'
import { Picture } from './picture.ts'

/** Of one source a message is lit so often at most, milliseconds: more could not be seen. */
const lightMs = 150

/** The mesh: picture, list of links, and how messages spread. */
export class MeshView {
  readonly #picture = new Picture(element('picture', HTMLDivElement))
  readonly #source = element('source', HTMLSelectElement)
  readonly #rows = element('link-rows', HTMLTableSectionElement)
  readonly #line = element('propagation-line', HTMLParagraphElement)
  #node: NodeDescription | undefined
  #pageId: string | undefined
  #snapshot: Snapshot | undefined
  #rowsText = ''
  readonly #litAt = new Map<string, number>()

  constructor() {
    this.#source.addEventListener('change', () => this.#draw())
  }

  /** Whose mesh it is, and who this page is in it. */
  begin(node: NodeDescription, pageId: string): void {
    this.#node = node
    this.#pageId = pageId
  }

  show(snapshot: Snapshot): void {
    this.#snapshot = snapshot
    this.#offerSources(snapshot.trees.map(({ source }) => source))
    this.#draw()
  }

  /** Broadcasts have come to a node that tells so, or left it. */
  propagation({ at, copies, omitted }: Propagation): void {
    for (const { source, from, hops } of copies) this.#light(source, { from, to: at, hops })
    const last = copies.at(-1)
    if (!last || at !== this.#node?.id) return
    const { source, from, count, hops, delayMs } = last
    const messages = count === 1 ? 'one message' : `${count} messages`
    const way =
      from === null
        ? 'of this node'
        : `by ${shortId(from)}, ${hops === 1 ? 'one link' : `${hops} links`}, ${Math.round(delayMs)} ms`
    const more = omitted > 0 ? `; ${omitted} more in that moment` : ''
    this.#line.textContent = `Last: ${messages} of ${shortId(source)}, ${way}${more}.`
  }

  /** A message has come to this page's own node. */
  cameHere({ source, from, hops }: { source: string; from: string; hops: number }): void {
    if (this.#pageId !== undefined) this.#light(source, { from, to: this.#pageId, hops })
  }

  #light(source: string, came: { from: string | null; to: string; hops: number }): void {
    const place = `${source} ${came.to}`
    const now = performance.now()
    if (now - (this.#litAt.get(place) ?? Number.NEGATIVE_INFINITY) < lightMs) return
    if (this.#litAt.size > 1000) this.#litAt.clear()
    this.#litAt.set(place, now)
    const graph = this.#graphOf(source)
    if (!graph) return
    this.#picture.light(source, came)
    if (came.to !== this.#node?.id) return
    // Nodes that tell nothing: when it comes to them is inferred from the tree.
    const silent = new Set(graph.nodes.flatMap(({ id, kind }) => (kind === 'other' ? id : [])))
    for (const { link, to, hops } of wave(graph, source))
      if (silent.has(to)) this.#picture.light(source, { from: link.a === to ? link.b : link.a, to, hops })
  }

  #graphOf(source: string): Graph | undefined {
    if (!this.#node || !this.#snapshot) return undefined
    return graphOf(this.#snapshot, { inspected: this.#node.id, page: this.#pageId, source })
  }

  #draw(): void {
    const graph = this.#graphOf(this.#source.value)
    if (!graph) return
    this.#picture.show(graph)
    this.#list(graph)
  }

  #list({ links }: Graph): void {
    const words = { eager: 'eager', lazy: 'lazy', plain: 'not told' } as const
    const text = JSON.stringify(links)
    // What has not changed is left alone, so that whoever reads it is not thrown out.
    if (text === this.#rowsText) return
    this.#rowsText = text
    this.#rows.replaceChildren(
      ...links.map(({ a, b, kind, to }) => {
        const row = document.createElement('tr')
        const way = to === undefined ? '' : `, towards ${shortId(to)}`
        row.append(rowHeader(a), cell(b, 'id'), cell(`${words[kind]}${way}`))
        return row
      }),
    )
  }

  #offerSources(sources: readonly string[]): void {
    const offered = [...this.#source.options].map(({ value }) => value)
    const wanted = [...new Set(sources)]
    if (offered.join() === wanted.join()) return
    const chosen = this.#source.value
    this.#source.replaceChildren(...wanted.map((id) => new Option(this.#nameOf(id), id)))
    if (wanted.includes(chosen)) this.#source.value = chosen
  }

  #nameOf(id: string): string {
    if (id === this.#node?.id) return `${shortId(id)} (this node)`
    return id === this.#pageId ? `${shortId(id)} (this page)` : shortId(id)
  }
}
