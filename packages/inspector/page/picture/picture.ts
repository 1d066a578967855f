import { shortId } from '../element.ts'
import { nameOf } from './graph.ts'
import type { Graph } from './graph.ts'
import { layOut } from './layout.ts'
import type { Point } from './layout.ts'

const svg = 'http://www.w3.org/2000/svg'
const size = { width: 640, height: 400, margin: 50 } as const
/** How long what a message has reached is lit, and how long the picture takes for each link that it crosses. Milliseconds. */
const litMs = 900
const hopMs = 160
/** A node can tell any number. */
const hopsMax = 16
/** More than these are drawn smaller. */
const manyNodes = 24
const labels = { inspected: 'this node', page: 'this page', told: '', other: '' } as const

/** The mesh, drawn. */
export class Picture {
  readonly #root: SVGSVGElement
  readonly #description: SVGElement
  readonly #links: SVGElement
  readonly #nodes: SVGElement
  readonly #timers = new Map<Element, number>()
  #graph: Graph = { nodes: [], links: [] }
  #places: ReadonlyMap<string, Point> = new Map()
  #shape = ''

  constructor(parent: Element) {
    const root = document.createElementNS(svg, 'svg')
    root.setAttribute('viewBox', `0 0 ${size.width} ${size.height}`)
    root.setAttribute('role', 'img')
    root.setAttribute('aria-labelledby', 'mesh-title picture-description')
    this.#root = root
    this.#description = child(root, 'desc', { id: 'picture-description' })
    this.#links = child(root, 'g', {})
    this.#nodes = child(root, 'g', {})
    parent.append(root)
  }

  /** Shows another graph. */
  show(graph: Graph): void {
    this.#graph = graph
    const shape = `${graph.nodes.map(({ id }) => id).join(' ')} ${graph.links.map(nameOf).join(' ')}`
    if (shape !== this.#shape) this.#places = layOut(graph, this.#places)
    this.#shape = shape
    this.#description.textContent = sentenceOf(graph)
    this.#root.classList.toggle('many', graph.nodes.length > manyNodes)
    this.#drawLinks()
    this.#drawNodes()
  }

  /** Lights up the source of a message; and where it has come and by which link, the later the more links it has crossed. */
  light(source: string, came: { readonly from: string | null; readonly to: string; readonly hops: number }): void {
    const { from, to, hops } = came
    const pauseMs = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : hopMs
    this.#light(this.#node(source))
    setTimeout(
      () => {
        if (from !== null) this.#light(this.#link(...sorted(from, to)))
        this.#light(this.#node(to))
      },
      Math.min(hops, hopsMax) * pauseMs,
    )
  }

  #light(shape: Element | undefined): void {
    if (!shape) return
    clearTimeout(this.#timers.get(shape))
    shape.classList.add('lit')
    const timer = setTimeout(() => {
      shape.classList.remove('lit')
      this.#timers.delete(shape)
    }, litMs)
    this.#timers.set(shape, timer)
  }

  #drawLinks(): void {
    const kept = new Set<Element>()
    for (const { a, b, kind } of this.#graph.links) {
      const line = this.#link(a, b) ?? child(this.#links, 'line', { 'data-a': a, 'data-b': b, class: 'link' })
      kept.add(line)
      for (const other of ['eager', 'lazy', 'plain']) line.classList.toggle(other, other === kind)
      const [from, to] = [this.#placeOf(a), this.#placeOf(b)]
      set(line, { x1: from.x, y1: from.y, x2: to.x, y2: to.y })
    }
    for (const line of [...this.#links.children]) if (!kept.has(line)) line.remove()
  }

  #drawNodes(): void {
    const kept = new Set<Element>()
    for (const { id, kind } of this.#graph.nodes) {
      const node = this.#node(id) ?? this.#createNode(id)
      kept.add(node)
      for (const other of Object.keys(labels)) node.classList.toggle(other, other === kind)
      const { x, y } = this.#placeOf(id)
      node.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`)
      const [, below] = node.querySelectorAll('text')
      if (below) below.textContent = labels[kind]
    }
    for (const node of [...this.#nodes.children]) if (!kept.has(node)) node.remove()
  }

  #createNode(id: string): SVGElement {
    const node = child(this.#nodes, 'g', { 'data-id': id, class: 'node' })
    child(node, 'title', {}).textContent = id
    child(node, 'circle', { r: 13 })
    child(node, 'text', { y: 27 }).textContent = shortId(id)
    child(node, 'text', { y: 39, class: 'below' })
    return node
  }

  #placeOf(id: string): Point {
    const { x, y } = this.#places.get(id) ?? { x: 0, y: 0 }
    const { width, height, margin } = size
    return { x: width / 2 + x * (width / 2 - margin), y: height / 2 - 8 + y * (height / 2 - margin) }
  }

  #node(id: string): SVGElement | undefined {
    return this.#root.querySelector<SVGElement>(`[data-id="${id}"]`) ?? undefined
  }

  #link(a: string, b: string): SVGElement | undefined {
    return this.#root.querySelector<SVGElement>(`[data-a="${a}"][data-b="${b}"]`) ?? undefined
  }
}

function sentenceOf({ nodes, links }: Graph): string {
  const eager = links.filter(({ kind }) => kind === 'eager').length
  return `${nodes.length} nodes and ${links.length} links are known, ${eager} of them eager. The same is in the list of links below.`
}

function sorted(a: string, b: string): [string, string] {
  return a < b ? [a, b] : [b, a]
}

function child(parent: Element, name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(svg, name)
  set(made, attributes)
  parent.append(made)
  return made
}

function set(shape: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, String(value))
}
