import { once } from 'node:events'
import type { Socket } from 'node:net'

/** Longest line: a value at its limit, 1 MiB, of control characters only, each of which JSON writes as six. */
export const lineBytesMax: number = 8 * 1024 * 1024

/** JSON values over a socket, one on each line. */
export class LineStream {
  readonly #socket: Socket
  readonly #pieces: AsyncIterator<string>
  #rest = ''
  /** Until the other side has shown who it is, it gets little room. */
  lineMax = 4096

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    // A reset is the end of the stream, which the reader sees.
    socket.on('error', () => undefined)
    this.#pieces = (socket as AsyncIterable<string>)[Symbol.asyncIterator]()
  }

  /** The next value; undefined at the end. @throws {SyntaxError} It is no JSON. @throws {RangeError} The line is too long. */
  async read(): Promise<unknown> {
    let searched = 0
    for (;;) {
      const end = this.#rest.indexOf('\n', searched)
      if (end >= 0) {
        const line = this.#rest.slice(0, end)
        this.#rest = this.#rest.slice(end + 1)
        return JSON.parse(line)
      }
      searched = this.#rest.length
      if (searched > this.lineMax) throw new RangeError('a line is too long')
      const { value, done } = await this.#next()
      if (done) return undefined
      this.#rest += value
    }
  }

  /** Resolves when there is room for more. */
  async write(value: unknown): Promise<void> {
    if (this.#socket.destroyed) return
    if (this.#socket.write(`${JSON.stringify(value)}\n`)) return
    const closed = new AbortController()
    const onClose = (): void => closed.abort()
    this.#socket.once('close', onClose)
    await once(this.#socket, 'drain', { signal: closed.signal }).catch(() => undefined)
    this.#socket.off('close', onClose)
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async #next(): Promise<{ value: string; done: boolean }> {
    try {
      const { value, done } = await this.#pieces.next()
      return { value: value ?? '', done: done ?? false }
    } catch {
      return { value: '', done: true }
    }
  }
}
