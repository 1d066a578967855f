import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The command line as it is built: tests run it as processes of their own. */
export const builtBin: string = fileURLToPath(new URL('../dist/bin.js', import.meta.url))
/** The same in a few files: see `bundled.ts`. */
const bundledBin = fileURLToPath(new URL('../.test-results/bundle/dist/bin.js', import.meta.url))

/** What a command printed, and ended with. */
export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A machine of its own for a test: a folder for files, processes that end with it. */
export class Machine {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), 'ts2p-cli-')))
  readonly #bin: string
  readonly #running = new Set<Running>()

  constructor(bin: string = bundledBin) {
    this.#bin = bin
  }

  /** Runs a command to its end. */
  async run(words: readonly string[], options: { env?: NodeJS.ProcessEnv; input?: string } = {}): Promise<Outcome> {
    const running = this.start(words, options)
    running.child.stdin.end(options.input ?? '')
    return running.ended
  }

  /** Starts a command. */
  start(words: readonly string[], { env = {} }: { env?: NodeJS.ProcessEnv } = {}): Running {
    const { NODE_OPTIONS: _, ...inherited } = process.env
    const child = spawn(process.execPath, [this.#bin, ...words], {
      cwd: this.folder,
      env: {
        ...inherited,
        TS2P_RUNTIME_DIR: join(this.folder, 'runtime'),
        TS2P_HISTORY: join(this.folder, 'history'),
        ...env,
      },
    })
    const running = new Running(child)
    this.#running.add(running)
    void running.ended.then(() => this.#running.delete(running))
    return running
  }

  /** Starts a node on any port of this machine, and waits until it listens. */
  async startNode(words: readonly string[] = [], options: { env?: NodeJS.ProcessEnv } = {}): Promise<NodeProcess> {
    const running = this.start(['node', '--json', ...words], options)
    const { id, addresses, control } = (await running.line((value) => fieldOf(value, 'event') === 'listening')) as {
      id: string
      addresses: { transport: string; port: number }[]
      control: string
    }
    const ports = new Map(addresses.map(({ transport, port }) => [transport, port]))
    return { running, id, ports, control, join: `127.0.0.1:${addresses[0]?.port}` }
  }

  /** Ends everything, and leaves nothing. */
  async remove(): Promise<void> {
    for (const running of this.#running) running.child.kill('SIGKILL')
    await Promise.all([...this.#running].map(({ ended }) => ended))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A node, and how it is reached. */
export interface NodeProcess {
  readonly running: Running
  readonly id: string
  readonly ports: ReadonlyMap<string, number>
  readonly control: string
  readonly join: string
}

/** A process that runs. */
export class Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Outcome>
  #out = ''
  #err = ''
  readonly #lookers = new Set<() => void>()

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#grow(() => (this.#out += text)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#grow(() => (this.#err += text)))
    // Whoever has ended reads nothing more.
    child.stdin.on('error', () => undefined)
    this.ended = new Promise((resolve) =>
      child.on('close', (code) => {
        resolve({ code, out: this.#out, err: this.#err })
        for (const look of this.#lookers) look()
      }),
    )
  }

  /** The first line of JSON on the standard output that fits, also one of earlier. */
  async line(fits: (value: unknown) => boolean): Promise<unknown> {
    let found: unknown
    await this.#until(() => {
      found = jsonLines(this.#out).find(fits)
      return found !== undefined
    })
    return found
  }

  /** The standard output, once it has a text. */
  async outHas(text: string): Promise<string> {
    await this.#until(() => this.#out.includes(text))
    return this.#out
  }

  /** The errors' stream, once it has a text. */
  async errHas(text: string): Promise<string> {
    await this.#until(() => this.#err.includes(text))
    return this.#err
  }

  #until(isThere: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const hasEnded = this.child.exitCode !== null || this.child.signalCode !== null
        if (!isThere() && !hasEnded) return
        this.#lookers.delete(look)
        if (isThere()) resolve()
        else reject(new Error(`It ended with ${this.child.exitCode}.\n${this.#out}\n${this.#err}`))
      }
      this.#lookers.add(look)
      look()
    })
  }

  #grow(add: () => void): void {
    add()
    for (const look of this.#lookers) look()
  }
}

/** The whole lines of a text, as JSON. */
export function jsonLines(text: string): unknown[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line): unknown => JSON.parse(line))
}

/** A field of something. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
