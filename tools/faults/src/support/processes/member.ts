import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { now } from './conversation.ts'
import type { Command, News, Report, ReportOf } from './conversation.ts'

/** The built program: a test finds it from the sources, too. */
const program = fileURLToPath(new URL('../../../dist/support/processes/member-program.js', import.meta.url))
/** The longest that a report is waited for, milliseconds. */
const patienceMs = 30_000

/** A node in a process of its own, as a row sees it. */
export class Member {
  readonly reports: Report[] = []
  readonly #child: ChildProcess
  readonly #listeners = new Set<() => void>()
  #port = 0
  #id = ''

  private constructor() {
    // The build, as users get it: what the parent runs with must not reach the child.
    const { NODE_OPTIONS: _, ...env } = process.env
    this.#child = fork(program, { execArgv: [], env })
    this.#child.on('message', (report: Report) => {
      this.reports.push(report)
      this.#tell()
    })
    this.#child.on('exit', () => this.#tell())
  }

  /** Starts a process, and joins by others. */
  static async start(others: readonly Member[]): Promise<Member> {
    const member = new Member()
    try {
      member.send({ do: 'join', ports: others.map((other) => other.#port) })
      const { id, port } = await member.hears('joined')
      member.#id = id
      member.#port = port
      return member
    } catch (error) {
      await member.kill()
      throw error
    }
  }

  /** The id of its node. */
  get id(): string {
    return this.#id
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  send(command: Command): void {
    this.#child.send(command)
  }

  /** All reports of an event. */
  all<E extends News['event']>(event: E): ReportOf<E>[] {
    return this.reports.filter((report): report is ReportOf<E> => report.event === event)
  }

  /** The first report that fits, of those since `mark`. @throws {Error} It has not come in time, or the process has ended. */
  async hears<E extends News['event']>(
    event: E,
    { fits = () => true, mark = 0 }: { fits?: (report: ReportOf<E>) => boolean; mark?: number } = {},
  ): Promise<ReportOf<E>> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer)
        this.#listeners.delete(look)
      }
      const look = (): void => {
        const isOf = (report: Report): report is ReportOf<E> => report.event === event
        const found = this.reports.slice(mark).filter(isOf).find(fits)
        if (!found && !this.#hasEnded) return
        stop()
        if (found) resolve(found)
        else reject(new Error(`A process has ended before it reported '${event}'.`))
      }
      const timer = setTimeout(() => {
        stop()
        reject(new Error(`A process has not reported '${event}' within ${patienceMs} ms.`))
      }, patienceMs)
      // A race that others have won must not keep the row from ending.
      timer.unref()
      this.#listeners.add(look)
      look()
    })
  }

  /** Ends the process as `kill -9` does. @returns when it was killed, by the clock of the reports */
  async kill(): Promise<number> {
    const at = now()
    if (this.#hasEnded) return at
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
    return at
  }

  /** Closes the socket, and waits until the process has ended. @returns when it was told to */
  async close(): Promise<number> {
    const at = now()
    if (this.#hasEnded) return at
    const ended = once(this.#child, 'exit')
    this.send({ do: 'close' })
    await ended
    return at
  }

  #tell(): void {
    for (const look of this.#listeners) look()
  }
}
