import type { Socket } from 'node:net'
import type { Link, LinkHandler } from '@ts2p/base'
import { UnreachableError } from '@ts2p/base'
import { reasonOf } from './reason.ts'

/** A link over a socket of node:net or node:tls. */
export class TcpLink implements Link {
  readonly remoteHost: string
  readonly #socket: Socket
  #handler: LinkHandler | undefined
  #isOpen = false
  #isClosing = false
  #error: Error | undefined

  /** @param dialled where the socket was told to connect to; undefined for one that was accepted and is open */
  constructor(socket: Socket, options: { openEvent: 'connect' | 'secureConnect'; dialled?: { host: string; port: number } }) {
    const { openEvent, dialled } = options
    this.#socket = socket
    this.remoteHost = dialled?.host ?? plainHost(socket.remoteAddress ?? '')
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#handler?.onData(chunk))
    socket.on('drain', () => this.#handler?.onDrain())
    socket.on('error', (error) => {
      const isUnreached = dialled !== undefined && !this.#isOpen
      this.#error = isUnreached ? new UnreachableError({ ...dialled, reason: reasonOf(error) }, { cause: error }) : error
    })
    socket.on('close', () => this.#handler?.onClose(this.#isClosing ? undefined : this.#error))
    if (dialled) socket.once(openEvent, () => this.#open())
    else setImmediate(() => this.#open())
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler
  }

  write(chunks: readonly Uint8Array[]): void {
    const socket = this.#socket
    if (!socket.writable) return
    // One writev for all chunks.
    socket.cork()
    for (const chunk of chunks) socket.write(chunk)
    socket.uncork()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
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
    if (this.#isClosing || this.#socket.destroyed) return
    this.#isOpen = true
    this.#handler?.onOpen()
  }
}

/** IPv4 addresses come in IPv6 form where a listener takes both. */
function plainHost(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
