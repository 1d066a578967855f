import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Figures } from '../../running/case.ts'
import type { FromNode, Order, ToNode } from '../order.ts'

const script = new URL('./node-process.js', import.meta.url)

/** A node in a process of its own. */
export class RemoteNode {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve: (figures: Figures) => void; reject: (error: Error) => void }>()
  #orders = 0

  /** @param arrived resolves when every other node has so many messages */
  constructor(arrived: (count: number) => Promise<unknown>) {
    this.#child = fork(script, { execArgv: ['--expose-gc', '--no-deprecation'] })
    this.#child.on('message', (message: FromNode) => {
      if (message.kind === 'awaits') {
        const { count } = message
        void arrived(count).then(() => this.#tell({ kind: 'arrived', count }))
        return
      }
      const waiting = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      if (message.kind === 'answer') waiting?.resolve(message.figures)
      else waiting?.reject(new Error(message.text))
    })
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('The process of a node has ended.'))
    })
  }

  /** Resolves when it has done what it is told. */
  do(order: Order): Promise<Figures> {
    this.#orders += 1
    const id = this.#orders
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#tell({ kind: 'order', id, order })
    })
  }

  end(): void {
    this.#waiting.clear()
    this.#child.kill('SIGKILL')
  }

  #tell(message: ToNode): void {
    if (this.#child.connected) this.#child.send(message)
  }
}
