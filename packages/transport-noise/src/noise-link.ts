import { UnreachableError } from '@ts2p/base'
import type { Link, LinkHandler } from '@ts2p/base'
import { firstMessageBytes, initiate, respond, secondMessageBytes } from './handshake.ts'
import type { HandshakeInput, Initiation, Session } from './handshake.ts'
import { MessageReader } from './message-reader.ts'
import { NoiseError } from './noise-error.ts'
import { encryptChunks, encryptEnd, frameOf } from './write-messages.ts'

/** The side of a link that dialed begins the handshake; the other answers. */
export type NoiseRole =
  | { readonly kind: 'dialed'; readonly host: string; readonly port: number }
  | { readonly kind: 'accepted' }

/**
 * An encrypted link over another link. It has no timer and no turn of its own: all that it tells, it tells while the link
 * beneath tells something. So a pause takes effect after the chunk that is being read, as the contract of links allows.
 */
export class NoiseLink implements Link, LinkHandler {
  readonly #inner: Link
  readonly #role: NoiseRole
  readonly #input: HandshakeInput
  readonly #reader: MessageReader
  #handler: LinkHandler | undefined
  #initiation: Initiation | undefined
  #session: Session | undefined
  #state: 'opening' | 'open' | 'ending' | 'closed' = 'opening'
  #isPaused = false
  /** Whether a drain is owed: not for what the handshake sends. */
  #hasWritten = false
  #error: Error | undefined

  /** Attaches itself to the link beneath, which must have been made in this very turn. */
  constructor(inner: Link, role: NoiseRole, input: HandshakeInput) {
    this.#inner = inner
    this.#role = role
    this.#input = input
    this.#reader = new MessageReader(role.kind === 'dialed' ? secondMessageBytes : firstMessageBytes)
    inner.attach(this)
  }

  get remoteHost(): string {
    return this.#inner.remoteHost
  }

  get remoteIp(): string | undefined {
    return this.#inner.remoteIp
  }

  get isPublicName(): boolean | undefined {
    return this.#inner.isPublicName
  }

  get channelBinding(): Uint8Array | undefined {
    return this.#session?.channelBinding
  }

  /** Encrypted, as it goes out: 18 bytes more for each 64 KiB begun. */
  get bufferedBytes(): number {
    return this.#inner.bufferedBytes
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler
  }

  write(chunks: readonly Uint8Array[]): void {
    if (this.#state === 'open') this.#send(({ send }) => encryptChunks(chunks, send))
  }

  pause(): void {
    this.#isPaused = true
    // The handshake goes on, as that of TLS does: nobody is told of it.
    if (this.#state === 'open') this.#inner.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#state === 'open') this.#inner.resume()
  }

  close(): void {
    if (this.#state === 'opening') return this.destroy()
    if (this.#state !== 'open') return
    this.#send(({ send }) => [encryptEnd(send)])
    this.#state = 'ending'
    this.#inner.close()
  }

  destroy(): void {
    if (this.#state === 'closed') return
    this.#state = 'ending'
    this.#inner.destroy()
  }

  onOpen(): void {
    if (this.#state !== 'opening' || this.#role.kind === 'accepted') return
    this.#initiation = initiate(this.#input)
    this.#inner.write([frameOf(this.#initiation.message)])
  }

  onData(chunk: Uint8Array): void {
    if (this.#state !== 'opening' && this.#state !== 'open') return
    this.#reader.push(chunk)
    try {
      // A handler may end the link at any event.
      while (this.#state === 'opening' || this.#state === 'open') {
        const message = this.#reader.next()
        if (!message) return
        if (this.#session) this.#onMessage(message, this.#session)
        else this.#shakeHands(message)
      }
    } catch (error) {
      if (!(error instanceof NoiseError)) throw error
      this.#fail(error)
    }
  }

  onDrain(): void {
    if (this.#state !== 'open' || !this.#hasWritten) return
    this.#hasWritten = false
    this.#handler?.onDrain()
  }

  onClose(error: Error | undefined): void {
    if (this.#state === 'closed') return
    const isCut = this.#state === 'opening' || this.#state === 'open'
    // An end that was not announced can be anybody's: what was sent last may be missing.
    const end = isCut ? (error ?? this.#told(new NoiseError('it ended before the other side said so'))) : this.#error
    this.#state = 'closed'
    this.#handler?.onClose(end)
  }

  #shakeHands(message: Uint8Array): void {
    if (this.#initiation) {
      this.#session = this.#initiation.finish(message)
      this.#initiation = undefined
    } else {
      const answer = respond(message, this.#input)
      this.#session = answer.session
      this.#inner.write([frameOf(answer.message)])
    }
    this.#reader.expectTransport()
    this.#state = 'open'
    if (this.#isPaused) this.#inner.pause()
    this.#handler?.onOpen()
  }

  #onMessage(message: Uint8Array, session: Session): void {
    const plaintext = session.receive.decrypt(message)
    if (plaintext.length > 0) return this.#handler?.onData(plaintext)
    // The other side has closed, and nothing follows. The link beneath is closed here, too, so that nobody in the middle
    // keeps it.
    this.#state = 'ending'
    this.#inner.close()
  }

  /** Encrypts and sends; ends the link if it has no nonces left. */
  #send(encrypt: (session: Session) => Uint8Array[]): void {
    if (!this.#session) return
    try {
      const frames = encrypt(this.#session)
      if (frames.length === 0) return
      this.#hasWritten = true
      this.#inner.write(frames)
    } catch (error) {
      if (!(error instanceof NoiseError)) throw error
      this.#fail(error)
    }
  }

  #fail(error: NoiseError): void {
    this.#error = this.#told(error)
    this.#state = 'ending'
    this.#inner.destroy()
  }

  /** A dial that does not come to an open link is told as such. */
  #told(error: NoiseError): Error {
    if (this.#state !== 'opening' || this.#role.kind === 'accepted') return error
    const { host, port } = this.#role
    const reason = `no encrypted link came about (${error.reason})`
    return new UnreachableError({ host, port, reason }, { cause: error })
  }
}
