import { setImmediate as turn } from 'node:timers/promises'
import type { BenchNode } from './mesh-node.ts'
import { payloadOf } from './payload.ts'

const payloadBytes = 100
const messagesPerTurn = 256

/** A sender that sends as fast as it may. */
export class Pump {
  readonly #node: BenchNode
  readonly #windowMessages: number
  readonly #arrived: (count: number) => Promise<void> | undefined
  /** Messages sent so far. */
  sent = 0

  /** @param arrived resolves when every other node has so many messages; undefined: they have */
  constructor(
    node: BenchNode,
    windowMessages: number | undefined,
    arrived: (count: number) => Promise<void> | undefined,
  ) {
    this.#node = node
    this.#windowMessages = windowMessages ?? Number.POSITIVE_INFINITY
    this.#arrived = arrived
  }

  /** Sends for a time. @returns messages per second, until every node has them all */
  async run(seconds: number): Promise<number> {
    const first = this.sent
    const startedAt = performance.now()
    while (performance.now() - startedAt < seconds * 1000) {
      const more = Math.min(messagesPerTurn, Math.ceil(this.#windowMessages / 2))
      for (const end = this.sent + more; this.sent < end; this.sent += 1) {
        this.#node.send(payloadOf(this.sent, payloadBytes))
      }
      await turn()
      await this.#node.writable()
      await this.#arrived(this.sent - this.#windowMessages)
    }
    await this.#arrived(this.sent)
    return ((this.sent - first) * 1000) / (performance.now() - startedAt)
  }
}
