import type { Socket } from 'node:net'
import { plainHost, UnreachableError } from '@ts2p/base'
import type { Link, LinkHandler } from '@ts2p/base'
import { channelBindingOf, reasonOf } from '@ts2p/base/node'

/** A link over a socket of node:net or node:tls. */
export class TcpLink implements Link {
  readonly remoteHost: string
  readonly #socket: Socket
  #handler: LinkHandler | undefined
  #isOpen = false
  #isPaused = false
  #isClosing = false
  #isDrained = true
  #error: Error | undefined
  #channelBinding: Uint8Array | undefined

  /** @param options.dialed where the socket was told to connect to; undefined for one that was accepted and is open */
  constructor(
    socket: Socket,
    options: { openEvent: 'connect' | 'secureConnect'; dialed?: { host: string; port: number } },
  ) {
    const { openEvent, dialed } = options
    this.#socket = socket
    this.remoteHost = dialed?.host ?? plainHost(socket.remoteAddress ?? '')
    socket.setNoDelay(true)
    socket.on('error', (error) => {
      const isUnreached = dialed !== undefined && !this.#isOpen
      this.#error = isUnreached ? new UnreachableError({ ...dialed, reason: reasonOf(error) }, { cause: error }) : error
    })
    socket.on('close', () => this.#handler?.onClose(this.#isClosing ? undefined : this.#error))
    if (dialed) socket.once(openEvent, () => this.#open())
    else setImmediate(() => this.#open())
  }

  get remoteIp(): string | undefined {
    const { remoteAddress } = this.#socket
    return remoteAddress === undefined ? undefined : plainHost(remoteAddress)
  }

  /** Of links over TLS 1.3 (RFC 9266). */
  get channelBinding(): Uint8Array | undefined {
    return this.#channelBinding
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler
  }

  write(chunks: readonly Uint8Array[]): void {
    const socket = this.#socket
    if (!this.#isOpen || this.#isClosing || !socket.writable) return
    this.#isDrained = false
    // One writev for all chunks.
    socket.cork()
    for (const chunk of chunks) socket.write(chunk, this.#onWritten)
    socket.uncork()
  }

  pause(): void {
    this.#isPaused = true
    if (!this.#isClosing) this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#isOpen) this.#socket.resume()
  }

  close(): void {
    if (!this.#isOpen) return this.destroy()
    this.#isClosing = true
    this.#socket.end()
    // What the other side still sends is of no interest, but must be read for its end to be seen.
    this.#socket.resume()
  }

  destroy(): void {
    this.#isClosing = true
    this.#socket.destroy()
  }

  #open(): void {
    const socket = this.#socket
    if (this.#isClosing || socket.destroyed) return
    this.#isOpen = true
    this.#channelBinding = channelBindingOf(socket)
    this.#handler?.onOpen()
    // Only now: the first bytes of an encrypted socket can come together with the end of its handshake.
    socket.on('data', (chunk) => {
      if (!this.#isClosing) this.#handler?.onData(chunk)
    })
    if (!this.#isPaused) socket.resume()
  }

  // The event 'drain' of sockets would not do: it comes only after more than their high-water mark.
  readonly #onWritten = (): void => {
    if (this.#isDrained || this.#isClosing || this.#socket.destroyed || this.#socket.writableLength > 0) return
    this.#isDrained = true
    this.#handler?.onDrain()
  }
}
