import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answers, Command, Failure, NodeSetup, Reply, Report } from './conversation.ts'

/** The longest that anything in the demo is waited for, milliseconds. */
const patienceMs = 10_000

/** What a node refused to do, or could not. */
export class RemoteFailure extends Error {
  override readonly name = 'RemoteFailure'
  readonly code: string

  constructor({ code, sentence }: Failure) {
    super(sentence)
    this.code = code
  }
}

/** A node in a process of its own, as the director sees it. */
export class RemoteNode {
  readonly name: string
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>()
  readonly #reports: Report[] = []
  readonly #listeners = new Set<() => void>()
  #number = 0

  private constructor(name: string) {
    this.name = name
    this.#child = fork(fileURLToPath(new URL('node-process.js', import.meta.url)))
    this.#child.on('message', (reply: Reply) => this.#take(reply))
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`The process of ${name} has ended.`))
      this.#waiting.clear()
    })
  }

  /** Starts a process, and the node in it. */
  static async start(setup: NodeSetup): Promise<{ node: RemoteNode; id: string; ports: Record<string, number> }> {
    const node = new RemoteNode(setup.name)
    try {
      return { node, ...(await node.ask({ do: 'start', setup })) }
    } catch (error) {
      await node.kill()
      throw error
    }
  }

  /** The number of the process. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Has the node do something. @throws {RemoteFailure} It refused, or could not. */
  async ask<C extends Command>(command: C): Promise<Answers[C['do']]> {
    const number = ++this.#number
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(number, { resolve, reject }))
    this.#child.send({ number, command })
    // What a node answers to a command is what the conversation says.
    return (await withPatience(answer, `${this.name} to answer`)) as Answers[C['do']]
  }

  /** The first report from now on, or since `mark`, that fits. */
  async hears<E extends Report['event']>(
    event: E,
    fits: (report: Extract<Report, { event: E }>) => boolean = () => true,
    mark = this.mark(),
  ): Promise<Extract<Report, { event: E }>> {
    const find = (): Extract<Report, { event: E }> | undefined =>
      this.#reports
        .slice(mark)
        .filter((report): report is Extract<Report, { event: E }> => report.event === event)
        .find(fits)
    const found = new Promise<Extract<Report, { event: E }>>((resolve) => {
      const look = (): void => {
        const report = find()
        if (!report) return
        this.#listeners.delete(look)
        resolve(report)
      }
      this.#listeners.add(look)
      look()
    })
    return withPatience(found, `${this.name} to hear of '${event}'`)
  }

  /** The present place in what the node has told. */
  mark(): number {
    return this.#reports.length
  }

  /** Ends the process as `kill -9` does. Resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await gone
  }

  #take(reply: Reply): void {
    if ('report' in reply) {
      this.#reports.push(reply.report)
      for (const look of this.#listeners) look()
      return
    }
    const waiting = this.#waiting.get(reply.number)
    this.#waiting.delete(reply.number)
    if ('failure' in reply) waiting?.reject(new RemoteFailure(reply.failure))
    else waiting?.resolve(reply.answer)
  }
}

/** What a node refused; undefined if it did what it was asked. */
export async function refusal(asked: Promise<unknown>): Promise<RemoteFailure | undefined> {
  try {
    await asked
    return undefined
  } catch (error) {
    if (error instanceof RemoteFailure) return error
    throw error
  }
}

async function withPatience<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${patienceMs} ms in vain for ${what}.`)), patienceMs)
  })
  try {
    return await Promise.race([promise, patience])
  } finally {
    clearTimeout(timer)
  }
}
