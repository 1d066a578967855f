import { UnreachableError } from '@ts2p/base'
import type { Link, LinkHandler } from '@ts2p/base'
import type { Platform, WebSocketLike } from './web-socket-like.ts'

/** Longest message written, bytes; what is longer goes in several. */
const messageBytesMax = 1024 * 1024
/** Bytes that wait while a reader that cannot be stopped (a browser's) is paused; beyond it the link ends. */
export const pausedBytesMax: number = 2 * 1024 * 1024
/** Empty messages in a row after which the link ends: they cost their sender nothing. */
const emptyMessagesMax = 1000
const open = 1

/** A link over a WebSocket: the bytes of binary messages in a row; where one message ends has no meaning. */
export class WebSocketLink implements Link {
  readonly remoteHost: string
  readonly #socket: WebSocketLike
  readonly #platform: Platform
  readonly #dialled: { host: string; port: number } | undefined
  #handler: LinkHandler | undefined
  #state: 'opening' | 'open' | 'closing' | 'closed' = 'opening'
  #error: Error | undefined
  #isPaused = false
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #emptyMessages = 0
  #unsent = 0

  /** @param options.dialled where the socket connects to; undefined for one that was accepted */
  constructor(
    socket: WebSocketLike,
    platform: Platform,
    options: { remoteHost: string; dialled?: { host: string; port: number } },
  ) {
    this.#socket = socket
    this.#platform = platform
    this.remoteHost = options.remoteHost
    this.#dialled = options.dialled
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => this.opened()
    socket.onmessage = (event: { data: unknown }) => this.#receive(event.data)
    socket.onerror = (event: { message?: string; error?: unknown }) => this.#failed(event)
    socket.onclose = () => this.#closed()
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler
  }

  /** The socket carries data. */
  opened(): void {
    if (this.#state !== 'opening') return
    this.#state = 'open'
    this.#handler?.onOpen()
  }

  write(chunks: readonly Uint8Array[]): void {
    if (this.#state !== 'open' || this.#socket.readyState !== open) return
    for (const message of messagesOf(chunks)) {
      this.#unsent += 1
      this.#platform.send(message, () => this.#sent())
    }
  }

  pause(): void {
    this.#isPaused = true
    this.#platform.pause?.()
  }

  resume(): void {
    this.#isPaused = false
    this.#platform.resume?.()
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    // Not from inside this call, and again through the queue: the handler may pause after the first chunk.
    if (waiting.length > 0) queueMicrotask(() => waiting.forEach((chunk) => this.#deliver(chunk)))
  }

  close(): void {
    if (this.#state === 'opening') return this.destroy()
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#socket.close(1000)
  }

  destroy(): void {
    if (this.#state === 'closed') return
    this.#state = 'closing'
    this.#platform.terminate()
  }

  #sent(): void {
    this.#unsent -= 1
    if (this.#unsent === 0 && this.#state === 'open') this.#handler?.onDrain()
  }

  #receive(data: unknown): void {
    if (this.#state !== 'open') return
    if (!(data instanceof ArrayBuffer)) return this.#break('the other side sent text')
    if (data.byteLength === 0) {
      this.#emptyMessages += 1
      if (this.#emptyMessages > emptyMessagesMax) this.#break('the other side sent nothing but empty messages')
      return
    }
    this.#emptyMessages = 0
    this.#deliver(new Uint8Array(data))
  }

  #deliver(chunk: Uint8Array): void {
    if (this.#state !== 'open') return
    if (!this.#isPaused) return this.#handler?.onData(chunk)
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes > pausedBytesMax) this.#break('the other side sent more than can wait')
  }

  /** The other side is no well-behaved peer. */
  #break(reason: string): void {
    this.#error = new Error(`The link ends: ${reason}.`)
    this.destroy()
  }

  #failed({ message, error }: { message?: string; error?: unknown }): void {
    const cause = error instanceof Error ? error : undefined
    if (this.#state === 'opening' && this.#dialled) {
      const reason = message === undefined || message === '' ? 'no WebSocket could be opened' : message
      this.#error ??= new UnreachableError({ ...this.#dialled, reason }, { cause })
    } else if (this.#state === 'open') this.#error ??= cause ?? new Error('The WebSocket failed.')
  }

  #closed(): void {
    if (this.#state === 'closed') return
    if (this.#state === 'opening' && this.#dialled) {
      this.#error ??= new UnreachableError({ ...this.#dialled, reason: 'no WebSocket could be opened' })
    }
    this.#state = 'closed'
    this.#waiting = []
    this.#handler?.onClose(this.#error)
  }
}

/** The chunks in as few messages as may be. */
function messagesOf(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer>[] {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const joined = new Uint8Array(bytes)
  let end = 0
  for (const chunk of chunks) {
    joined.set(chunk, end)
    end += chunk.length
  }
  const messages: Uint8Array<ArrayBuffer>[] = []
  for (let start = 0; start < bytes; start += messageBytesMax) messages.push(joined.subarray(start, start + messageBytesMax))
  return messages
}
