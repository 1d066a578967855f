import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { defaultStoreLimits } from '@ts2p/store'
import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { unless } from '../../support/cases/case-loop.ts'
import type { KeyFloodState, KeyOffer } from '../../support/adversaries/key-flood.ts'

const program = fileURLToPath(new URL('../../support/adversaries/key-flood.js', import.meta.url))
const heapMiB = 512
const ownKeys = 1000
/** Keys that are offered before the node is looked at. */
const keysAtOnce = 20_000
const sliceMs = 1000

/** Ten million keys of strangers, in a process with a small heap. */
export const memoryKeys: FaultRow = {
  name: 'memory-keys',
  fault: 'Foreign owners offer 10 million keys to a node in a process with a heap of 512 MB.',
  mustHold: 'The process lives, the node has its own 1,000 keys and can write them, and it says that it is full.',
  wanted: 10_000_000,
  unit: 'keys',
  figure: 'MiB of RSS',
  async open() {
    const flood = new KeyFlood()
    await flood.start()
    return flood
  },
}

class KeyFlood implements FaultRunner {
  #child: ChildProcess | undefined
  #offered = 0

  /** A new process, with a node that holds nothing of others. */
  async start(): Promise<void> {
    const execArgv = ['--expose-gc', `--max-old-space-size=${heapMiB}`]
    const child = fork(program, [], { execArgv, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    this.#child = child
    this.#offered = 0
    await nextState(child)
  }

  async slice(from: number, until: number): Promise<SliceResult> {
    const startedAt = performance.now()
    const violations: string[] = []
    let [next, worst] = [from, 0]
    while (next < until && performance.now() - startedAt < sliceMs) {
      const end = Math.min(until, next + keysAtOnce)
      // oxlint-disable-next-line no-await-in-loop -- one piece after the other
      const state = await this.#offer({ from: next, until: end })
      this.#offered += end - next
      next = end
      if (typeof state === 'string') {
        violations.push(`After ${this.#offered} keys, of which the last was ${end}, the process ended with ${state}.`)
        // oxlint-disable-next-line no-await-in-loop
        await this.start()
        continue
      }
      worst = Math.max(worst, state.rssMiB)
      violations.push(...judge(state, this.#offered))
    }
    return { done: next - from, worst, violations }
  }

  async close(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  async #offer(offer: KeyOffer): Promise<KeyFloodState | string> {
    const child = this.#child
    if (!child) return 'no process'
    child.send(offer)
    return nextState(child)
  }
}

/** What the process says next, or how it ended. */
function nextState(child: ChildProcess): Promise<KeyFloodState | string> {
  return new Promise((resolve) => {
    const onMessage = (state: KeyFloodState): void => {
      child.off('exit', onExit)
      resolve(state)
    }
    const onExit = (code: number | null, signal: string | null): void => {
      child.off('message', onMessage)
      resolve(signal ?? `code ${code}`)
    }
    child.once('message', onMessage)
    child.once('exit', onExit)
  })
}

function judge({ size, intact, isWritable, isLinked, issues }: KeyFloodState, offered: number): string[] {
  const { keysMax } = defaultStoreLimits
  const context = `After ${offered} keys the node`
  const isFull = size - ownKeys < offered
  const says = issues.includes('store-full')
  return [
    ...unless(intact === ownKeys, `${context} has ${intact} of its own ${ownKeys} keys.`),
    ...unless(isWritable, `${context} cannot write its own keys.`),
    ...unless(isLinked, `${context} has lost its link.`),
    ...unless(size <= keysMax, `${context} has ${size} keys, ${keysMax} allowed.`),
    ...unless(!isFull || says, `${context} has ${size} keys and does not say that it is full: ${issues.join(' ')}`),
  ]
}
