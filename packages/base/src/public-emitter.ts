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

type Listener = (...values: readonly unknown[]) => unknown

interface Registration {
  readonly event: string
  readonly listener: Listener
  /** Whether it hears the next event only. */
  readonly isOnce: boolean
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
  /** The listeners that have a signal. */
  #withSignals: readonly (Registration & { readonly leave: () => void })[] = []

  constructor(report: FailureReport) {
    this.#report = report
  }

  /** Calls the listener at every such event, until `off` or the signal. @throws {ArgumentError} The listener is no function. */
  on<E extends keyof Events & string>(
    event: E,
    listener: (...values: Events[E]) => unknown,
    options: ListenerOptions = {},
  ): this {
    return this.#add({ event, listener: listener as Listener, isOnce: false }, options)
  }

  /** Calls the listener at the next such event only, unless `off` or the signal comes before. @throws {ArgumentError} The listener is no function. */
  once<E extends keyof Events & string>(
    event: E,
    listener: (...values: Events[E]) => unknown,
    options: ListenerOptions = {},
  ): this {
    return this.#add({ event, listener: listener as Listener, isOnce: true }, options)
  }

  /** Calls the listener no more. */
  off<E extends keyof Events & string>(event: E, listener: (...values: Events[E]) => unknown): this {
    this.#emitter.off(event, listener)
    this.#leaveSignals((each) => each.event === event && each.listener === listener)
    return this
  }

  /** How many listeners an event has. */
  listenerCount(event: keyof Events & string): number {
    return this.#emitter.listenerCount(event)
  }

  /** @throws {ArgumentError} The listener is no function. */
  #add(registration: Registration, { signal }: ListenerOptions): this {
    const { event, listener, isOnce } = registration
    if (typeof listener !== 'function') throw new ArgumentError('listener', 'a function', listener)
    if (signal?.aborted) return this
    if (signal) {
      const remove = (): void => {
        this.#emitter.off(event, listener)
        this.#leaveSignals((each) => each.event === event && each.listener === listener)
      }
      signal.addEventListener('abort', remove)
      const leave = (): void => signal.removeEventListener('abort', remove)
      this.#withSignals = [...this.#withSignals, { ...registration, leave }]
    }
    if (isOnce) this.#emitter.once(event, listener)
    else this.#emitter.on(event, listener)
    return this
  }

  /** Takes listeners that are removed off their signals, which may live for long. */
  #leaveSignals(isRemoved: (registration: Registration) => boolean): void {
    if (this.#withSignals.length === 0) return
    for (const each of this.#withSignals) if (isRemoved(each)) each.leave()
    this.#withSignals = this.#withSignals.filter((each) => !isRemoved(each))
  }

  /** Tells every listener, in order, each isolated from the others and from the caller. */
  protected emitIsolated<E extends keyof Events & string>(event: E, ...values: Events[E]): void {
    if (this.#emitter.listenerCount(event) === 0) return
    for (const listener of this.#emitter.listeners(event)) {
      // With its last argument, off() takes away listeners of once() only.
      this.#emitter.off(event, listener, undefined, true)
      this.#leaveSignals((each) => each.isOnce && each.event === event && each.listener === listener)
      callIsolated(() => listener(...values), this.#report)
    }
  }
}
