import type { Link, Listener, Transport } from '@ts2p/base'
import { Calls } from './calls.ts'
import { Recorder } from './recorder.ts'

/** What is tested: a transport, and the one that dials it if that is another (one that trusts its certificate). */
export interface Subject {
  readonly transport: Transport
  readonly dialer?: Transport
  /** The reason that an UnreachableError gives when nobody listens. Default 'the connection was refused'; browsers do not tell. */
  readonly refusal?: string
}

/** Registers a test that is given a stage, and in which no link may breach the contract of its handler. */
export type StagedTest = (title: string, story: (stage: Stage) => Promise<void>) => void

const host = '127.0.0.1'

/** A listener, the links that it accepts, and those that dial it. */
export class Stage {
  readonly transport: Transport
  readonly dialer: Transport
  readonly refusal: string
  /** The accepted links, in the order in which they came. */
  readonly accepted: Recorder[] = []
  readonly #calls = new Calls()
  readonly #dialed: Recorder[] = []
  readonly #listeners: Listener[] = []
  #onAccepted: (() => void)[] = []

  private constructor({ transport, dialer = transport, refusal = 'the connection was refused' }: Subject) {
    this.transport = transport
    this.dialer = dialer
    this.refusal = refusal
  }

  /** Listens at a free port. */
  static async open(subject: Subject): Promise<Stage> {
    const stage = new Stage(subject)
    await stage.listen()
    return stage
  }

  /** The first listener. */
  get listener(): Listener {
    const [listener] = this.#listeners
    if (!listener) throw new Error('The stage does not listen.')
    return listener
  }

  get port(): number {
    return this.listener.port
  }

  /** Listens once more. */
  async listen(address: { host?: string; port?: number } = {}): Promise<Listener> {
    const { transport } = this
    if (!transport.listen) throw new Error(`${transport.name} cannot listen.`)
    const onLink = (link: Link): void => {
      const accepted = new Recorder(link, this.#calls)
      this.accepted.push(accepted)
      const tell = (): void => {
        for (const resolve of this.#onAccepted.splice(0)) resolve()
      }
      tell()
      accepted.opened().then(tell, () => undefined)
    }
    const listening = this.#calls.run(() => transport.listen?.(address.host ?? host, address.port ?? 0, onLink))
    const listener = await listening
    if (!listener) throw new Error(`${transport.name} cannot listen.`)
    this.#listeners.push(listener)
    return listener
  }

  /** Begins to dial; the stage's own listener if no other address is given. */
  dial(address: { host?: string; port?: number } = {}): Recorder {
    const link = this.#calls.run(() => this.dialer.dial(address.host ?? host, address.port ?? this.port))
    const dialed = new Recorder(link, this.#calls)
    this.#dialed.push(dialed)
    return dialed
  }

  /** Resolves to the link that is accepted as the nth, counted from 0. */
  async acceptedAt(index: number): Promise<Recorder> {
    for (;;) {
      const accepted = this.accepted[index]
      if (accepted) return accepted
      // oxlint-disable-next-line no-await-in-loop -- one link after the other
      await new Promise<void>((resolve) => this.#onAccepted.push(resolve))
    }
  }

  /** Two ends of a new link, both open. Not to be called again before it has resolved. */
  async pair(): Promise<{ dialed: Recorder; accepted: Recorder }> {
    const index = this.accepted.length
    const dialed = this.dial()
    await dialed.opened()
    return { dialed, accepted: await this.#openFrom(index) }
  }

  /** The first link that is open, of those accepted from an index on: others may have been broken off. */
  async #openFrom(index: number): Promise<Recorder> {
    for (;;) {
      const open = this.accepted.slice(index).find(({ told }) => told[0] === 'open' && !told.includes('close'))
      if (open) return open
      // oxlint-disable-next-line no-await-in-loop -- one event after the other
      await new Promise<void>((resolve) => this.#onAccepted.push(resolve))
    }
  }

  /** Lets the machine carry a byte there and back on a link of its own: what was under way before has had its time. */
  async roundTrip(): Promise<void> {
    const { dialed, accepted } = await this.pair()
    dialed.write(Uint8Array.of(1))
    await accepted.received(1)
    accepted.write(Uint8Array.of(2))
    await dialed.received(1)
    dialed.destroy()
    await Promise.all([dialed.closed(), accepted.closed()])
  }

  /** Ends all. Returns what any link did against the contract of its handler. */
  async end(): Promise<string[]> {
    await Promise.all(this.#listeners.map((listener) => listener.close()))
    const recorders = [...this.#dialed, ...this.accepted]
    for (const recorder of recorders) recorder.destroy()
    await Promise.all(recorders.map((recorder) => recorder.closed()))
    return recorders.flatMap(({ breaches }) => breaches)
  }
}
