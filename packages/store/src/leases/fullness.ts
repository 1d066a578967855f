import type { StoreLimits } from '../limits.ts'
import type { Usage } from './store-usage.ts'

/** There is room again when this share of what was taken is free. */
const freedShare = 0.1

/** Knows whether there was no room for a record of another owner, until there is much more room. */
export class Fullness {
  readonly #usage: Usage
  /** What was taken when a record was refused last. */
  #refusedAt: { readonly keys: number; readonly bytes: number } | undefined

  constructor(usage: Usage) {
    this.#usage = usage
  }

  /** A record was refused. */
  recordRefusal(limit: keyof StoreLimits): void {
    // Of one key there is too much, and not of all.
    if (limit === 'fieldsPerKeyMax') return
    this.#refusedAt = { keys: this.#usage.keys, bytes: this.#usage.bytes + this.#usage.deletedBytes }
  }

  get isFull(): boolean {
    if (this.#refusedAt === undefined) return false
    const { keys, bytes } = this.#refusedAt
    const { keys: keysNow, bytes: present, deletedBytes } = this.#usage
    const isRoom = keysNow <= keys * (1 - freedShare) || present + deletedBytes <= bytes * (1 - freedShare)
    if (isRoom) this.#refusedAt = undefined
    return !isRoom
  }
}
