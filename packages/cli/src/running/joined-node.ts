import { SyncSocket } from '@ts2p/sync'
import { answer } from '../control/answer.ts'
import { IncompleteError } from '../failure.ts'
import type { JoinPlan } from './plan-socket.ts'
import type { Progress } from '../terminal/progress.ts'
import type { Ask, Asker, Replies, Request, CommandRequests } from '../control/request.ts'

/** A node that joins a network, is asked, and leaves. */
export class JoinedNode implements Asker {
  readonly #socket: SyncSocket
  readonly #signal: AbortSignal
  readonly #onAbort = (): void => void this.close()

  private constructor(socket: SyncSocket, signal: AbortSignal) {
    this.#socket = socket
    this.#signal = signal
  }

  /**
   * Joins by the first address that lets it in, and has the whole dictionary when this resolves.
   * @param signal closes the node, also while it joins
   * @throws {UnreachableError} @throws {RefusedError} @throws {HandshakeFailedError} as the last address did
   * @throws {IncompleteError} The dictionary took longer to come than the plan allows.
   */
  static async join(
    plan: JoinPlan,
    { progress, signal }: { progress: Progress; signal: AbortSignal },
  ): Promise<JoinedNode> {
    const { addresses, joinSeconds, transportOf } = plan
    const socket = new SyncSocket({ ...plan.socketOptions, catchUpMs: joinSeconds * 1000 })
    const node = new JoinedNode(socket, signal)
    if (signal.aborted) node.#onAbort()
    else signal.addEventListener('abort', node.#onAbort, { once: true })
    progress.start('joining the network')
    const onChange = (): void => progress.update(socket.size)
    socket.on('change', onChange)
    try {
      await joinByAny(addresses, async ({ host, port, transport }) => {
        const begunMs = performance.now()
        await socket.connect(host, port, transportOf(transport))
        const seconds = (performance.now() - begunMs) / 1000
        if (seconds >= joinSeconds) throw new IncompleteError({ seconds: Math.round(seconds), keys: socket.size })
      })
      return node
    } catch (error) {
      // Whoever ends the command does not wait for one that may not answer.
      if (!signal.aborted) await node.close()
      throw error
    } finally {
      socket.off('change', onChange)
      progress.stop()
    }
  }

  async *ask<A extends Ask>(
    request: { readonly ask: A } & CommandRequests[A],
    signal: AbortSignal = this.#signal,
  ): AsyncGenerator<Replies[A], void, undefined> {
    // A measurement ends by itself, and deletes what it wrote first.
    if (request.ask === 'bench') this.#signal.removeEventListener('abort', this.#onAbort)
    // What is answered to a request is of the request's kind.
    yield* answer({ socket: this.#socket, isKept: false }, request as Request, signal) as AsyncGenerator<Replies[A]>
  }

  /** Leaves. What a command has set stays leased to its node: else every other node could change it at once. */
  close(): Promise<void> {
    return this.#socket.close({ release: false })
  }
}

/** Tries addresses until one succeeds. @throws the last one's error */
async function joinByAny<T>(addresses: readonly T[], join: (address: T) => Promise<void>): Promise<void> {
  let [failure, isJoined]: [unknown, boolean] = [undefined, false]
  for (const address of addresses) {
    try {
      await join(address)
      isJoined = true
      break
    } catch (error) {
      failure = error
      if (error instanceof IncompleteError) break
    }
  }
  if (!isJoined) throw failure
}
