import { UnreachableError } from '@ts2p/base'
import type { Link, LinkHandler } from '@ts2p/base'
import { messagesOf } from './messages.ts'
import { WaitingChunks } from './waiting-chunks.ts'
import { readyStates } from './web-socket-like.ts'
import type { Platform, WebSocketLike } from './web-socket-like.ts'

/** Empty messages in a row after which the link ends: they cost their sender nothing. */
const emptyMessagesMax = 1000
/** Close codes of a good end (RFC 6455, 7.4.1): done; going away, as from a page that is left; no code given. */
const goodCodes: readonly number[] = [1000, 1001, 1005]

/** A link over a WebSocket: the bytes of binary messages in a row; where one message ends has no meaning. */
export class WebSocketLink implements Link {
  readonly remoteHost: string
  readonly #socket: WebSocketLike
  readonly #platform: Platform
  readonly #dialed: { host: string; port: number } | undefined
  readonly #waiting = new WaitingChunks()
  #handler: LinkHandler | undefined
  #state: 'opening' | 'open' | 'closing' | 'closed' = 'opening'
  #isPaused = false
  /** How the socket has ended, while the handler has yet to take what came before it. */
  #end: { error: Error | undefined } | undefined
  /** Why the dial has failed. */
  #failure: UnreachableError | undefined
  #emptyMessages = 0
  #unsent = 0
  #channelBinding: Uint8Array | undefined

  /** @param options.dialed where the socket connects to; undefined for one that was accepted */
  constructor(
    socket: WebSocketLike,
    platform: Platform,
    options: { remoteHost: string; dialed?: { host: string; port: number } },
  ) {
    this.#socket = socket
    this.#platform = platform
    this.remoteHost = options.remoteHost
    this.#dialed = options.dialed
    socket.binaryType = 'arraybuffer'
    /* oxlint-disable unicorn/prefer-add-event-listener -- the types of ws and of browsers agree on these attributes only */
    socket.onopen = () => this.opened()
    socket.onmessage = (event: { data: unknown }) => this.#receive(event.data)
    socket.onerror = (event: { error?: unknown }) => this.#failed(event.error)
    socket.onclose = (event: { code: number }) => this.#ended(event.code)
    /* oxlint-enable unicorn/prefer-add-event-listener */
  }

  /** Of links over TLS 1.3 (RFC 9266), on Node: browsers do not tell. */
  get channelBinding(): Uint8Array | undefined {
    return this.#channelBinding
  }

  /** On Node: browsers do not tell. */
  get remoteIp(): string | undefined {
    return this.#platform.remoteIp?.()
  }

  get isPublicName(): boolean | undefined {
    return this.#platform.isPublicName
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler
  }

  /** The socket carries data. For sockets that do not say so themselves, because they were open when they were made. */
  opened(): void {
    if (this.#state !== 'opening') return
    this.#state = 'open'
    this.#channelBinding = this.#platform.channelBinding?.()
    if (this.#isPaused) this.#platform.pause?.()
    this.#handler?.onOpen()
  }

  write(chunks: readonly Uint8Array[]): void {
    if (this.#state !== 'open' || this.#socket.readyState !== readyStates.open) return
    for (const message of messagesOf(chunks)) {
      this.#unsent += 1
      this.#platform.send(message, () => this.#sent())
    }
  }

  pause(): void {
    this.#isPaused = true
    if (this.#state === 'open') this.#platform.pause?.()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#state !== 'open') return
    this.#platform.resume?.()
    if (!this.#waiting.isEmpty) queueMicrotask(() => this.#deliver())
  }

  close(): void {
    if (this.#state === 'opening' || this.#end) return this.destroy()
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#waiting.clear()
    // What the other side still sends is of no interest, but must be read for its end to be seen.
    this.#platform.resume?.()
    this.#socket.close(1000)
  }

  destroy(): void {
    this.#cut(undefined)
  }

  #sent(): void {
    this.#unsent -= 1
    if (this.#unsent === 0 && this.#state === 'open' && !this.#end) this.#handler?.onDrain()
  }

  #receive(data: unknown): void {
    // An accepted socket may hear something before its opening was told.
    this.opened()
    if (this.#state !== 'open') return
    if (!(data instanceof ArrayBuffer)) return this.#cut(new Error('The link ends: the other side sent text.'))
    if (data.byteLength === 0) return this.#receiveNothing()
    this.#emptyMessages = 0
    const chunk = new Uint8Array(data)
    if (!this.#isPaused && this.#waiting.isEmpty) return this.#handler?.onData(chunk)
    this.#waiting.push(chunk)
    if (this.#waiting.isTooMuch) this.#cut(new Error('The link ends: the other side sent more than can wait.'))
  }

  #receiveNothing(): void {
    this.#emptyMessages += 1
    if (this.#emptyMessages <= emptyMessagesMax) return
    this.#cut(new Error('The link ends: the other side sent nothing but empty messages.'))
  }

  /** Hands over what has waited, until the handler pauses again. */
  #deliver(): void {
    while (!this.#isPaused && this.#state === 'open') {
      const chunk = this.#waiting.shift()
      if (!chunk) break
      this.#handler?.onData(chunk)
    }
    if (this.#end && this.#waiting.isEmpty) this.#finish(this.#end.error)
  }

  /** Ends the link without asking the other side. */
  #cut(error: Error | undefined): void {
    if (this.#state === 'closed') return
    this.#state = 'closing'
    this.#waiting.clear()
    this.#platform.terminate()
    // A browser goes on to wait for the other side; the handler need not.
    queueMicrotask(() => this.#finish(error))
  }

  #failed(error: unknown): void {
    if (this.#state === 'opening' && this.#dialed) {
      const reason = error instanceof Error ? this.#platform.reasonOf(error) : 'no WebSocket could be opened'
      this.#failure = new UnreachableError({ ...this.#dialed, reason }, { cause: error })
    } else if (this.#state === 'open') {
      this.#cut(error instanceof Error ? error : new Error('The link ends: the WebSocket failed.'))
    }
  }

  #ended(code: number): void {
    if (this.#state === 'opening' && this.#dialed) {
      if (!this.#failure) this.#failed(undefined)
      return this.#finish(this.#failure)
    }
    const isGood = this.#state === 'closing' || goodCodes.includes(code)
    const error = isGood ? undefined : new Error(`The link ends: the WebSocket was closed with code ${code}.`)
    if (this.#waiting.isEmpty) this.#finish(error)
    else this.#end = { error }
  }

  #finish(error: Error | undefined): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#handler?.onClose(error)
  }
}
