/** Something that happens at a point of virtual time. */
export interface SimulatedEvent {
  readonly at: number
  /** Order among events of the same time: the order in which they were planned. */
  readonly order: number
  /** Name of the host on which it happens. */
  readonly host?: string | undefined
  readonly run: () => void
}

/** A binary heap: the next event first. */
export class EventQueue {
  readonly #heap: SimulatedEvent[] = []

  get next(): SimulatedEvent | undefined {
    return this.#heap[0]
  }

  push(event: SimulatedEvent): void {
    const heap = this.#heap
    let index = heap.push(event) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = heap[above]
      if (!parent || !isBefore(event, parent)) break
      heap[index] = parent
      index = above
    }
    heap[index] = event
  }

  pop(): SimulatedEvent | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (!last || heap.length === 0) return first
    let index = 0
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      const child = left && right && isBefore(right, left) ? right : left
      if (!child || !isBefore(child, last)) break
      heap[index] = child
      index = child === left ? 2 * index + 1 : 2 * index + 2
    }
    heap[index] = last
    return first
  }
}

function isBefore(a: SimulatedEvent, b: SimulatedEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
