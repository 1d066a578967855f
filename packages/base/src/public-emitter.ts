import { EventEmitter } from 'eventemitter3'
import { ArgumentError } from './errors.ts'
import type { AbortSignalLike } from './wait-options.ts'

/** Hears of a listener or handler of the application that threw, or whose promise was rejected. */
export type FailureReport = (error: unknown) => void

/** Calls a function of the application behind glass: what it throws, now or later, is reported and goes no further. */
export function callIsolated<R>(call: () => R, report: FailureReport): R | undefined {
  try {
    const result = call()
    if (result instanceof Promise) result.catch(report)
    return result
  } catch (error) {
    report(error)
    return undefined
  }
}

/** How long a listener stays. */
export interface ListenerOptions {
  /** Removes the listener when it is aborted. Default none. */
  readonly signal?: AbortSignalLike
}

/**
 * The emitter of the public sockets. eventemitter3 lets a listener's exception unwind into whoever emits, which would be
 * the connection of the innocent peer that sent the bytes; `tell` does not.
 */
export class PublicEmitter<Events extends Record<keyof Events, readonly unknown[]>> {
  readonly #emitter = new EventEmitter<string>()
  readonly #report: FailureReport

  constructor(report: FailureReport) {
    this.#report = report
  }

  /** Calls the listener at every such event, until `off` or the signal. @throws {ArgumentError} The listener is no function. */
  on<E extends keyof Events & string>(
    event: E,
    listener: (...values: Events[E]) => unknown,
    options: ListenerOptions = {},
  ): this {
    if (this.#mayAdd(event, listener, options)) this.#emitter.on(event, listener)
    return this
  }

  /** Calls the listener at the next such event only, unless `off` or the signal comes before. @throws {ArgumentError} The listener is no function. */
  once<E extends keyof Events & string>(
    event: E,
    listener: (...values: Events[E]) => unknown,
    options: ListenerOptions = {},
  ): this {
    if (this.#mayAdd(event, listener, options)) this.#emitter.once(event, listener)
    return this
  }

  /** Calls the listener no more. */
  off<E extends keyof Events & string>(event: E, listener: (...values: Events[E]) => unknown): this {
    this.#emitter.off(event, listener)
    return this
  }

  /** How many listeners an event has. */
  listenerCount(event: keyof Events & string): number {
    return this.#emitter.listenerCount(event)
  }

  /** Has the signal remove a listener. @returns false if it is aborted already @throws {ArgumentError} */
  #mayAdd<E extends keyof Events & string>(
    event: E,
    listener: (...values: Events[E]) => unknown,
    { signal }: ListenerOptions,
  ): boolean {
    if (typeof listener !== 'function') throw new ArgumentError('listener', 'a function', listener)
    if (signal?.aborted) return false
    signal?.addEventListener('abort', () => this.off(event, listener))
    return true
  }

  /** Tells every listener, in order, each isolated from the others and from the caller. */
  protected emitIsolated<E extends keyof Events & string>(event: E, ...values: Events[E]): void {
    if (this.#emitter.listenerCount(event) === 0) return
    for (const listener of this.#emitter.listeners(event)) {
      // With its last argument, off() takes away listeners of once() only.
      this.#emitter.off(event, listener, undefined, true)
      callIsolated(() => listener(...values), this.#report)
    }
  }
}
