import type { CancelTimer, Environment } from '@ts2p/base'
import type { MessageId, NodeId } from '@ts2p/protocol'
import { RequestTimeoutError } from './errors.ts'
import type { Message } from './message.ts'

interface Pending {
  readonly target: NodeId
  readonly resolve: (answer: Message) => void
  readonly reject: (error: unknown) => void
  readonly cancel: CancelTimer
}

/** The requests of this node that wait for an answer. */
export class Requests {
  readonly #environment: Environment
  readonly #pending = new Map<string, Pending>()

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** Resolves with the answer. @throws {RequestTimeoutError} */
  expect({ id, target, timeoutMs }: { id: MessageId; target: NodeId; timeoutMs: number }): Promise<Message> {
    return new Promise((resolve, reject) => {
      const cancel = this.#environment.setTimer(timeoutMs, () =>
        this.fail(id, new RequestTimeoutError(target, timeoutMs)),
      )
      this.#pending.set(nameOf(id), { target, resolve, reject, cancel })
    })
  }

  /** @returns whether the message answers a request; only whom it was sent to can do that, and once */
  settle(answered: Pick<MessageId, 'epoch' | 'sequence'>, message: Message): boolean {
    const pending = this.#pending.get(nameOf(answered))
    if (pending?.target !== message.sender) return false
    this.#end(nameOf(answered), pending)
    pending.resolve(message)
    return true
  }

  fail(id: MessageId, error: unknown): void {
    const pending = this.#pending.get(nameOf(id))
    if (!pending) return
    this.#end(nameOf(id), pending)
    pending.reject(error)
  }

  close(error: Error): void {
    for (const [name, pending] of this.#pending) {
      this.#end(name, pending)
      pending.reject(error)
    }
  }

  #end(name: string, pending: Pending): void {
    this.#pending.delete(name)
    pending.cancel()
  }
}

function nameOf({ epoch, sequence }: Pick<MessageId, 'epoch' | 'sequence'>): string {
  return `${epoch}.${sequence}`
}
