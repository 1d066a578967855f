import { systemEnvironment } from '@ts2p/base'
import type { Environment, LogLevel } from '@ts2p/base'
import type { SignatureScheme } from '@ts2p/protocol'
import { EventQueue } from './event-queue.ts'
import type { SimulatedEvent } from './event-queue.ts'
import { Random } from './random.ts'

/** Virtual time begins here: 2026-01-01T00:00:00Z, milliseconds since 1970. */
export const simulationStart: number = Date.UTC(2026, 0, 1)

/** How a host computes signatures and hashes. */
type Cryptography = Pick<Environment, 'ed25519' | 'sha256'>

/** One simulated machine: the environment of the nodes on it, and the means to disturb it. */
export interface Host {
  readonly name: string
  readonly environment: Environment
  /** Added to the wall clock, milliseconds; may be changed at any time. */
  skewMs: number
  /** Log entries, as text. */
  readonly log: string[]
  readonly isDown: boolean
}

/** What the simulation knows of a machine besides. */
interface SimulatedHost extends Host {
  isDown: boolean
  /** For how long it has slept, or will have when it wakes. */
  sleptMs: number
  /** When it wakes, or woke. */
  asleepUntil: number
}

/** An event that took more processor time than the budget. */
export interface Overrun {
  /** Virtual time, milliseconds since the start. */
  readonly elapsedMs: number
  /** Name of the host on which it ran; undefined for one of the network itself. */
  readonly host: string | undefined
  /** Processor time of the event and of all that it deferred, milliseconds. */
  readonly processorMs: number
}

/**
 * Virtual time for any number of hosts in one process. Nothing runs but by the queue of events, everything random comes
 * from the seed: a run can be repeated exactly, and hours take milliseconds.
 */
export class Simulation {
  readonly seed: number
  readonly random: Random
  readonly #queue = new EventQueue()
  readonly #cryptography: Cryptography
  readonly #hosts = new Map<string, SimulatedHost>()
  #deferred: { host: Host | undefined; run: () => void }[] = []
  #elapsedMs = 0
  #order = 0
  #events = 0
  readonly #eventBudgetMs: number
  readonly #overruns: Overrun[] = []

  /**
   * @param options.ed25519 what computes signatures on every host that is given nothing else. Default the platform's: signatures of
   *   Ed25519 are the same every time, so that nothing else becomes of a seed
   * @param options.eventBudgetMs how much processor time of this process one event may take, milliseconds; `overruns` lists
   *   those that took more. It does not change what happens. Default without limit
   */
  constructor(options: { seed: number; ed25519?: SignatureScheme; eventBudgetMs?: number }) {
    this.seed = options.seed
    this.#eventBudgetMs = options.eventBudgetMs ?? Number.POSITIVE_INFINITY
    this.#cryptography = cryptographyOf({ ...systemEnvironment(), ...cryptographyOf(options) })
    this.random = new Random(options.seed)
  }

  /** Virtual milliseconds since the start. */
  get elapsedMs(): number {
    return this.#elapsedMs
  }

  /** How many events have run. */
  get events(): number {
    return this.#events
  }

  /** The events that took more processor time than `eventBudgetMs`. */
  get overruns(): readonly Overrun[] {
    return this.#overruns
  }

  /** The wall clock of a host without skew, milliseconds since 1970. */
  get now(): number {
    return simulationStart + this.#elapsedMs
  }

  /**
   * Makes a machine. A name of one that is down makes it anew, without anything that ran on the old one.
   * @param options.ed25519 what computes signatures there, default the simulation's
   */
  host(name: string, options: { skewMs?: number; ed25519?: SignatureScheme } = {}): Host {
    if (this.#hosts.get(name)?.isDown === false) throw new RangeError(`There is a host ${name} already.`)
    const log: string[] = []
    const host: SimulatedHost = {
      name,
      skewMs: options.skewMs ?? 0,
      log,
      isDown: false,
      sleptMs: 0,
      asleepUntil: 0,
      environment: {
        now: () => this.now + host.skewMs,
        monotonicNow: () => this.#steadyMs(host),
        setTimer: (delayMs, callback) => this.#setTimer(host, delayMs, callback),
        defer: (callback) => void this.#deferred.push({ host, run: callback }),
        random: () => this.random.float(),
        randomBytes: (length) => this.random.bytes(length),
        ...this.#cryptography,
        ...cryptographyOf(options),
        log: (level: LogLevel, message, fields) => {
          if (level !== 'debug') log.push(`${level} ${message} ${fields ? JSON.stringify(fields) : ''}`)
        },
      },
    }
    this.#hosts.set(name, host)
    return host
  }

  /** Everything on the host ends, at once and without a word: no timer, no link of it is heard again. */
  crash(host: Host): void {
    const known = this.#hosts.get(host.name)
    if (known === host) known.isDown = true
  }

  /**
   * The machine sleeps for so long: its timers and its steady clock stand still, and it takes what has come when it wakes. Its wall clock
   * runs on.
   */
  suspend(host: Host, ms: number): void {
    const known = this.#hosts.get(host.name)
    if (known !== host) return
    known.sleptMs += ms
    known.asleepUntil = Math.max(this.#elapsedMs, known.asleepUntil) + ms
  }

  /** Whether the machine sleeps. */
  isAsleep(host: Host): boolean {
    const known = this.#hosts.get(host.name)
    return known === host && known.asleepUntil > this.#elapsedMs
  }

  /** Runs a callback at a later time; not if the host is down by then. Returns what cancels it. */
  schedule(delayMs: number, callback: () => void, host?: Host): () => void {
    return this.at(this.#elapsedMs + Math.max(0, delayMs), callback, host)
  }

  /** As `schedule`, at a time from the start, exactly: a sum of differences may be off by a bit, and swap two events. */
  at(elapsedMs: number, callback: () => void, host?: Host): () => void {
    let isCanceled = false
    const run = (): void => {
      if (isCanceled || host?.isDown) return
      const { asleepUntil = 0 } = this.#hosts.get(host?.name ?? '') ?? {}
      // The order of what has come meanwhile stays.
      if (asleepUntil > this.#elapsedMs)
        this.#queue.push({ at: asleepUntil, order: this.#order++, host: host?.name, run })
      else callback()
    }
    this.#queue.push({ at: Math.max(this.#elapsedMs, elapsedMs), order: this.#order++, host: host?.name, run })
    return () => {
      isCanceled = true
    }
  }

  /** Runs everything that happens within so many milliseconds, then stops the clock there. */
  runFor(ms: number): void {
    this.runUntil(() => false, ms)
  }

  /**
   * Runs until a condition holds, looked at after each event.
   * @returns whether it held within `withinMs`
   */
  runUntil(condition: () => boolean, withinMs: number): boolean {
    const end = this.#elapsedMs + withinMs
    this.#runDeferred()
    while (!condition()) {
      const event = this.#queue.next
      if (!event || event.at > end) {
        this.#elapsedMs = end
        return condition()
      }
      this.#queue.pop()
      this.#elapsedMs = Math.max(this.#elapsedMs, event.at)
      this.#events += 1
      this.#run(event)
    }
    return true
  }

  #steadyMs({ sleptMs, asleepUntil }: SimulatedHost): number {
    return this.#elapsedMs - sleptMs + Math.max(0, asleepUntil - this.#elapsedMs)
  }

  /** A timer counts the time of the steady clock, which stands still while the machine sleeps. */
  #setTimer(host: SimulatedHost, delayMs: number, callback: () => void): () => void {
    const due = this.#steadyMs(host) + Math.max(0, delayMs)
    const { sleptMs } = host
    let cancel = this.schedule(delayMs, () => onTime(), host)
    const onTime = (): void => {
      const leftMs = due - this.#steadyMs(host)
      if (host.sleptMs === sleptMs || leftMs <= 0) callback()
      else cancel = this.#setTimer(host, leftMs, callback)
    }
    return () => cancel()
  }

  #run({ run, host }: SimulatedEvent): void {
    const before = this.#eventBudgetMs === Number.POSITIVE_INFINITY ? undefined : process.cpuUsage()
    run()
    this.#runDeferred()
    if (!before) return
    const { user, system } = process.cpuUsage(before)
    const processorMs = (user + system) / 1000
    if (processorMs > this.#eventBudgetMs) this.#overruns.push({ elapsedMs: this.#elapsedMs, host, processorMs })
  }

  #runDeferred(): void {
    while (this.#deferred.length > 0) {
      const deferred = this.#deferred
      this.#deferred = []
      for (const { host, run } of deferred) if (!host?.isDown) run()
    }
  }
}

function cryptographyOf({ ed25519, sha256 }: Cryptography): Cryptography {
  return { ...(ed25519 && { ed25519 }), ...(sha256 && { sha256 }) }
}
