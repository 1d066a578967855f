import type { Link, LinkHandler } from '@ts2p/base'
import type { Calls } from './calls.ts'

/** The kinds of events of a link. */
export type Told = 'open' | 'data' | 'drain' | 'close'

/** A link with a handler that writes down what the link tells, and promises for what it has yet to tell. */
export class Recorder implements LinkHandler {
  /** Every event, in order. */
  readonly told: Told[] = []
  /** What came, as it was handed over. */
  readonly chunks: Uint8Array[] = []
  receivedBytes = 0
  /** Why the link has ended. */
  error: Error | undefined
  /** What the link did against the contract of LinkHandler. */
  readonly breaches: string[] = []
  /** Called at each event, after it was written down. */
  react: (event: Told) => void = () => undefined
  readonly #link: Link
  readonly #calls: Calls
  #waiting: { isMet: () => boolean; resolve: () => void }[] = []

  constructor(link: Link, calls: Calls) {
    this.#link = link
    this.#calls = calls
    calls.run(() => link.attach(this))
  }

  get remoteHost(): string {
    return this.#link.remoteHost
  }

  get remoteIp(): string | undefined {
    return this.#link.remoteIp
  }

  get channelBinding(): Uint8Array | undefined {
    return this.#link.channelBinding
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes
  }

  write(...chunks: Uint8Array[]): void {
    this.#calls.run(() => this.#link.write(chunks))
  }

  pause(): void {
    this.#calls.run(() => this.#link.pause())
  }

  resume(): void {
    this.#calls.run(() => this.#link.resume())
  }

  close(): void {
    this.#calls.run(() => this.#link.close())
  }

  destroy(): void {
    this.#calls.run(() => this.#link.destroy())
  }

  /** How often an event has come. */
  count(event: Told): number {
    return this.told.filter((each) => each === event).length
  }

  /** Resolves at the first event after which the condition holds; at once if it does already. */
  until(isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ isMet, resolve }))
  }

  /** Resolves once the link is open. @throws {Error} It has ended without. */
  async opened(): Promise<void> {
    await this.until(() => this.told.length > 0)
    if (this.told[0] !== 'open') throw new Error('The link has ended before it was open.', { cause: this.error })
  }

  /** Resolves once that many bytes have come in all. */
  received(bytes: number): Promise<void> {
    return this.until(() => this.receivedBytes >= bytes)
  }

  /** Resolves at the next drain. */
  drained(): Promise<void> {
    const before = this.count('drain')
    return this.until(() => this.count('drain') > before)
  }

  /** Resolves to the error, if any, once the link has ended. */
  async closed(): Promise<Error | undefined> {
    await this.until(() => this.told.includes('close'))
    return this.error
  }

  onOpen(): void {
    this.#tell('open')
  }

  onData(chunk: Uint8Array): void {
    this.chunks.push(chunk)
    this.receivedBytes += chunk.length
    this.#tell('data')
  }

  onDrain(): void {
    this.#tell('drain')
  }

  onClose(error: Error | undefined): void {
    this.error = error
    this.#tell('close')
  }

  #tell(event: Told): void {
    if (this.#calls.isRunning) this.breaches.push(`${event} from inside a call`)
    if (this.told.includes('close')) this.breaches.push(`${event} after close`)
    if (event === 'open' && this.told.length > 0) this.breaches.push(`open after ${this.told.join(', ')}`)
    if ((event === 'data' || event === 'drain') && this.told[0] !== 'open') this.breaches.push(`${event} before open`)
    this.told.push(event)
    this.react(event)
    const waiting = this.#waiting
    this.#waiting = waiting.filter(({ isMet }) => !isMet())
    for (const { isMet, resolve } of waiting) if (isMet()) resolve()
  }
}
