import type { MeshNode } from '../subjects/node.ts'
import { signal } from '../running/until.ts'

/** Counts the messages that nodes receive, each once a node, by the number in their first 4 bytes. */
export class Results {
  #count = 0
  #wanted = Number.POSITIVE_INFINITY
  #give = (): void => {}

  constructor(nodes: readonly MeshNode[]) {
    for (const node of nodes) {
      const seen = new Set<number>()
      node.onPacket((packet) => {
        const number = new DataView(packet.buffer, packet.byteOffset).getUint32(0)
        if (seen.has(number)) return
        seen.add(number)
        this.#count += 1
        if (this.#count === this.#wanted) this.#give()
      })
    }
  }

  /** Resolves when the nodes together have received so many more. Ask before they are sent. */
  next(count: number): Promise<void> {
    const { given, give } = signal()
    this.#wanted = this.#count + count
    this.#give = give
    return given
  }
}
