import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { ControlFile } from './control-file.ts'
import { fieldOf } from './control-message.ts'
import type { ToAsker, ToNode } from './control-message.ts'
import { controlProof, isProven, newNonce } from './control-proof.ts'
import { ControlLostError, NoNodeError, RunningNodeError } from '../failure.ts'
import { lineBytesMax, LineStream } from '../terminal/line-stream.ts'
import { ReplyQueue } from './reply-queue.ts'
import type { Ask, Asker, Replies, CommandRequests } from './request.ts'

/** A node that runs in another process. */
export class ControlClient implements Asker {
  readonly #stream: LineStream
  readonly #open = new Map<number, ReplyQueue>()
  #number = 0
  #lost: ControlLostError | undefined

  private constructor(stream: LineStream) {
    this.#stream = stream
    void this.#pump()
  }

  /** @throws {NoNodeError} It is not there any more. @throws {ControlLostError} What is there is no node, or not that one. */
  static async connect(file: ControlFile): Promise<ControlClient> {
    const stream = new LineStream(await dial(file))
    try {
      const asker = newNonce()
      await stream.write({ nonce: asker })
      const greeting = await stream.read()
      const nonces = { asker, node: String(fieldOf(greeting, 'nonce')) }
      if (!isProven(fieldOf(greeting, 'proof'), file.token, 'node', nonces))
        throw new ControlLostError('another program is there')
      await stream.write({ proof: controlProof(file.token, 'asker', nonces) })
      if (fieldOf(await stream.read(), 'welcome') !== true) throw new ControlLostError('it does not let us in')
      stream.lineMax = lineBytesMax
      return new ControlClient(stream)
    } catch (error) {
      stream.destroy()
      throw error instanceof ControlLostError ? error : new ControlLostError('it speaks otherwise', { cause: error })
    }
  }

  async *ask<A extends Ask>(
    request: { readonly ask: A } & CommandRequests[A],
    signal?: AbortSignal,
  ): AsyncGenerator<Replies[A], void, undefined> {
    if (this.#lost) throw this.#lost
    const number = ++this.#number
    const queue = new ReplyQueue()
    this.#open.set(number, queue)
    const cancel = (): void => void this.#send({ number, cancel: true })
    try {
      signal?.addEventListener('abort', cancel)
      // The request is of the kind that its name says.
      await this.#send({ number, request: request as never })
      if (signal?.aborted) cancel()
      for await (const reply of queue) yield reply as Replies[A]
    } finally {
      signal?.removeEventListener('abort', cancel)
      if (this.#open.delete(number)) cancel()
    }
  }

  close(): Promise<void> {
    this.#stream.destroy()
    return Promise.resolve()
  }

  #send(message: ToNode): Promise<void> {
    return this.#stream.write(message)
  }

  async #pump(): Promise<void> {
    let reason = 'it has closed it'
    try {
      for (;;) {
        const message = (await this.#stream.read()) as ToAsker | undefined
        if (message === undefined) break
        const queue = this.#open.get(message.number)
        if ('reply' in message) await queue?.push(message.reply)
        else {
          this.#open.delete(message.number)
          queue?.end('failure' in message ? new RunningNodeError(message.failure) : undefined)
        }
      }
    } catch (error) {
      reason = String(error)
    }
    this.#lost = new ControlLostError(reason)
    for (const queue of this.#open.values()) queue.end(this.#lost)
    this.#open.clear()
    this.#stream.destroy()
  }
}

function dial({ port, pid }: ControlFile): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', (cause) =>
      reject(
        new NoNodeError(`The node of process ${pid} does not run any more. Start one with \`ts2p node\`.`, { cause }),
      ),
    )
  })
}
