import { setImmediate as turn } from 'node:timers/promises'
import type { BenchNode } from './mesh-node.ts'
import { Payloads } from '../figures/payloads.ts'

const payloadBytes = 100
const messagesPerTurn = 256

/** How much is sent: whichever is reached first. */
export interface PumpBounds {
  readonly seconds: number
  readonly messages?: number
}

/** A sender that sends messages of 100 bytes as fast as it may. */
export class Pump {
  readonly #node: BenchNode
  readonly #windowMessages: number
  readonly #payloads = new Payloads()
  readonly #arrived: (count: number) => Promise<unknown> | undefined
  #sent = 0

  /** @param arrived resolves when every other node has so many messages; undefined: they have */
  constructor(
    node: BenchNode,
    windowMessages: number | undefined,
    arrived: (count: number) => Promise<unknown> | undefined,
  ) {
    this.#node = node
    this.#windowMessages = windowMessages ?? Number.POSITIVE_INFINITY
    this.#arrived = arrived
  }

  /** @returns messages per second, until every node has them all */
  async run({ seconds, messages = Number.POSITIVE_INFINITY }: PumpBounds): Promise<number> {
    const first = this.#sent
    const startedAt = performance.now()
    while (performance.now() - startedAt < seconds * 1000 && this.#sent - first < messages) {
      const more = Math.min(messagesPerTurn, Math.ceil(this.#windowMessages / 2), first + messages - this.#sent)
      for (const end = this.#sent + more; this.#sent < end; this.#sent += 1) {
        this.#node.send(this.#payloads.next(this.#sent, payloadBytes))
      }
      await turn()
      await this.#node.writable()
      await this.#arrived(this.#sent - this.#windowMessages)
    }
    await this.#arrived(this.#sent)
    return ((this.#sent - first) * 1000) / (performance.now() - startedAt)
  }

  /** Sends for at least so long. @returns messages per second of the first burst, when little has been compiled yet */
  async warmUp(seconds: number): Promise<number> {
    const startedAt = performance.now()
    await this.run({ seconds, messages: 50 })
    const burstRate = await this.run({ seconds, messages: 1000 })
    const restSeconds = seconds - (performance.now() - startedAt) / 1000
    if (restSeconds > 0) await this.run({ seconds: restSeconds })
    return burstRate
  }
}
