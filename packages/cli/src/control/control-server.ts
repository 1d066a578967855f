import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import { fieldOf } from './control-message.ts'
import type { ToAsker } from './control-message.ts'
import { controlProof, isProven, newNonce } from './control-proof.ts'
import { failureOf } from '../failure.ts'
import { lineBytesMax, LineStream } from '../terminal/line-stream.ts'
import type { Request } from './request.ts'
import { readRequest } from './request-check.ts'

/** How many that know the token may be connected, and how many others. */
const askersMax = 32
const strangersMax = 32
/** How many questions each may have open, and how long a greeting may take, milliseconds. */
const asksMax = 64
const greetingMs = 5000

/** Answers one request. */
export type Answerer = (request: Request, signal: AbortSignal) => AsyncIterable<unknown>

/** Where a running node is asked: on 127.0.0.1, by those who know its token. */
export class ControlServer {
  readonly token: string = randomBytes(32).toString('base64')
  readonly #answer: Answerer
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Those that have not shown yet that they know the token, the oldest first. */
  readonly #strangers = new Set<Socket>()

  constructor(answer: Answerer) {
    this.#answer = answer
    this.#server = createServer({ noDelay: true }, (socket) => void this.#serve(socket))
  }

  /** @returns the port */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port))
    })
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket)
    this.#admitStranger(socket)
    const stream = new LineStream(socket)
    const tooSlow = setTimeout(() => socket.destroy(), greetingMs)
    const asks = new Map<number, AbortController>()
    try {
      const isWelcome = (await this.#greet(stream)) && this.#sockets.size - this.#strangers.size < askersMax
      if (isWelcome) await stream.write({ welcome: true })
      this.#strangers.delete(socket)
      clearTimeout(tooSlow)
      if (!isWelcome) return
      stream.lineMax = lineBytesMax
      for (;;) {
        const message = await stream.read()
        const number = fieldOf(message, 'number')
        if (typeof number !== 'number') return
        if (fieldOf(message, 'cancel') === true) asks.get(number)?.abort()
        else if (asks.has(number) || asks.size >= asksMax) return
        else void this.#handle(number, { request: fieldOf(message, 'request'), stream, asks })
      }
    } catch {
      // Whoever does not speak as asked is hung up on.
    } finally {
      clearTimeout(tooSlow)
      for (const ask of asks.values()) ask.abort()
      socket.destroy()
      this.#sockets.delete(socket)
      this.#strangers.delete(socket)
    }
  }

  /** Any program of this machine can connect: the newest keep their places, since a greeting takes milliseconds. */
  #admitStranger(socket: Socket): void {
    const [oldest] = this.#strangers
    if (this.#strangers.size >= strangersMax) oldest?.destroy()
    if (oldest?.destroyed) this.#strangers.delete(oldest)
    this.#strangers.add(socket)
  }

  async #greet(stream: LineStream): Promise<boolean> {
    const asker = fieldOf(await stream.read(), 'nonce')
    if (typeof asker !== 'string') return false
    const nonces = { asker, node: newNonce() }
    await stream.write({ nonce: nonces.node, proof: controlProof(this.token, 'node', nonces) })
    return isProven(fieldOf(await stream.read(), 'proof'), this.token, 'asker', nonces)
  }

  async #handle(
    number: number,
    { request, stream, asks }: { request: unknown; stream: LineStream; asks: Map<number, AbortController> },
  ): Promise<void> {
    const ask = new AbortController()
    asks.set(number, ask)
    const tell = (message: ToAsker): Promise<void> => stream.write(message)
    try {
      for await (const reply of this.#answer(readRequest(request), ask.signal)) await tell({ number, reply })
      asks.delete(number)
      await tell({ number, end: true })
    } catch (error) {
      asks.delete(number)
      await tell({ number, failure: failureOf(error) })
    }
  }
}
