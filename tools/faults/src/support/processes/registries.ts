import { unless } from '../cases/case-loop.ts'
import type { CaseResult } from '../cases/case-loop.ts'
import { Member } from './member.ts'

/** The length of the leases, seconds. */
const leaseSeconds = 5
const leaseMs = leaseSeconds * 1000 + 1000
const watchers = 3
const keysEach = 5

/** Three processes that watch a registry, and others that register themselves and are killed. */
export class Registries {
  readonly #watchers: readonly Member[]
  readonly #boundMs: number
  /** All keys that have ended. */
  readonly #ended: string[] = []

  private constructor(own: readonly Member[], boundMs: number) {
    this.#watchers = own
    this.#boundMs = boundMs
  }

  /** @param boundMs how long it may take until all have heard of the end of a key, milliseconds; default its lease and a second */
  static async open(boundMs: number = leaseMs): Promise<Registries> {
    const own: Member[] = []
    for (let count = 0; count < watchers; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one joins after the other
      own.push(await Member.start(own))
    }
    return new Registries(own, boundMs)
  }

  /**
   * Starts processes that register themselves, and kills each.
   * @param delaysMs how long after its keys are known each process is killed
   * @returns what did not hold, and how long it took until the last watcher had heard of the last key, in % of what it may take
   */
  async kill(index: number, delaysMs: readonly number[]): Promise<CaseResult> {
    const marks = this.#watchers.map(({ reports }) => reports.length)
    const results = await Promise.all(
      delaysMs.map(async (delayMs, number) => {
        const keys = Array.from({ length: keysEach }, (_, count) => `service/${index}/${number}/${count}`)
        return { keys, latenciesMs: await this.#killOne(keys, { delayMs, marks }) }
      }),
    )
    const keys = results.flatMap((each) => each.keys)
    const worstMs = Math.max(...results.flatMap(({ latenciesMs }) => latenciesMs))
    this.#ended.push(...keys)
    const left = await this.#keysLeft()
    return {
      figure: (100 * worstMs) / this.#boundMs,
      violations: [
        ...unless(worstMs <= this.#boundMs, `A key ended ${worstMs.toFixed(0)} ms after its process was killed.`),
        ...unless(left.length === 0, `${left.length} keys are left, ${left[0]} among them.`),
        ...this.#repeated(),
      ],
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#watchers.map((member) => member.kill()))
  }

  /** @returns how long after the kill each watcher had heard that each key has ended, milliseconds */
  async #killOne(keys: readonly string[], options: { delayMs: number; marks: readonly number[] }): Promise<number[]> {
    const service = await Member.start(this.#watchers)
    service.send({ do: 'register', keys, leaseSeconds })
    const hear = (event: 'set' | 'expire'): Promise<{ at: number }[]> =>
      Promise.all(
        this.#watchers.flatMap((watcher, number) =>
          keys.map((wanted) =>
            watcher.hears(event, { fits: ({ key }) => key === wanted, mark: options.marks[number] ?? 0 }),
          ),
        ),
      )
    await hear('set')
    if (options.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, options.delayMs))
    const killedAt = await service.kill()
    return (await hear('expire')).map(({ at }) => at - killedAt)
  }

  async #keysLeft(): Promise<string[]> {
    const looks = this.#watchers.map((watcher) => {
      const mark = watcher.reports.length
      watcher.send({ do: 'look' })
      return watcher.hears('keys', { mark })
    })
    return (await Promise.all(looks)).flatMap(({ keys }) => keys)
  }

  /** A sentence for each watcher that has heard of a key more or less than once that it has ended. Also of earlier cases. */
  #repeated(): string[] {
    return this.#watchers.flatMap((watcher) => {
      const heard = watcher.all('expire').map(({ key }) => key)
      const isOnce = heard.length === this.#ended.length && new Set(heard).size === heard.length
      return unless(isOnce, `A watcher has heard ${heard.length} times of ${this.#ended.length} keys that they ended.`)
    })
  }
}
