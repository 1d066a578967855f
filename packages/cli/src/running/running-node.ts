import { rm } from 'node:fs/promises'
import type { Logger } from 'pino'
import type { Inspector } from '@ts2p/inspector'
import { SyncSocket } from '@ts2p/sync'
import { addressText } from './address.ts'
import { answer } from '../control/answer.ts'
import { writeControlFile } from '../control/control-file.ts'
import { ControlServer } from '../control/control-server.ts'
import { datumOf, printable } from '../control/datum.ts'
import { keepJoining } from './keep-joining.ts'
import { createLog, loggingEnvironment } from '../terminal/log.ts'
import type { LogThreshold } from '../terminal/log-levels.ts'
import type { NetworkOptions } from './network-options.ts'
import { planSocket } from './plan-socket.ts'
import { hasTls } from './tls-files.ts'
import { UsageError } from '../failure.ts'
import { openPersistence } from './persistence.ts'
import type { OutputOptions } from '../terminal/shell.ts'
import type { Streams, Terminal } from '../terminal/terminal.ts'

/** What has happened to a key, for the log. */
const changeSentences = {
  set: 'a value was set',
  delete: 'a value was deleted',
  expire: 'a value has ended with its lease',
} as const

/** What `ts2p node` is told. */
export interface NodeOptions extends NetworkOptions, OutputOptions {
  readonly port: number
  readonly host: string
  readonly wsPort?: number
  readonly persist?: string
  readonly metricsPort?: number
  /** Of the page. */
  readonly inspect?: number
  readonly logLevel: LogThreshold
}

interface World {
  readonly terminal: Terminal
  readonly streams: Streams
  /** Asks for the end. */
  readonly signal: AbortSignal
  /** Undefined: nobody can ask by --via. */
  readonly controlPath: string | undefined
}

/** A node that runs until it is asked to end. */
export class RunningNode {
  readonly #socket: SyncSocket
  readonly #log: Logger
  readonly #options: NodeOptions
  readonly #world: World
  readonly #control: ControlServer
  #metrics: Inspector | undefined
  #page: Inspector | undefined

  private constructor(socket: SyncSocket, log: Logger, { options, world }: { options: NodeOptions; world: World }) {
    this.#socket = socket
    this.#log = log
    this.#options = options
    this.#world = world
    const isKept = options.persist !== undefined
    this.#control = new ControlServer((request, signal) => answer({ socket, isKept }, request, signal))
  }

  /** Listens, and says so; joining goes on in the background. @throws {AddressInUseError} @throws {ListenError} and as `ready` */
  static async start(options: NodeOptions, world: World): Promise<RunningNode> {
    let started: RunningNode | undefined
    const log = createLog(options.logLevel, world.streams.err)
    if (hasTls(options) && options.tlsCert === undefined) {
      throw new UsageError('A node listens, and needs a certificate to do so by TLS: give --tls-cert and --tls-key.')
    }
    const environment = loggingEnvironment(log, (level, message) => {
      if (started) started.#page?.log(level, message)
    })
    const { socketOptions, transportOf } = await planSocket(options, environment)
    const { host, port, wsPort } = options
    const socket = new SyncSocket({
      ...socketOptions,
      listen: [
        { transport: transportOf('tcp'), host, port },
        ...(wsPort === undefined ? [] : [{ transport: transportOf('ws'), host, port: wsPort }]),
      ],
      ...(options.persist === undefined ? {} : { persistence: await openPersistence(options.persist) }),
    })
    const node = new RunningNode(socket, log, { options, world })
    started = node
    try {
      await node.#open()
      await keepJoining(socket, { addresses: options.join ?? [], transportOf, log, signal: world.signal })
      return node
    } catch (error) {
      await node.#close()
      throw error
    }
  }

  /** Resolves when the node was asked to end, and has. @throws {PersistenceFailedError} The last changes could not be kept. */
  async untilClosed(): Promise<void> {
    const { signal } = this.#world
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    this.#log.info(`closing (${String(signal.reason)}): what was set last goes to the others first`)
    await this.#close()
    this.#printEvent('closed')
  }

  async #openInspectors(): Promise<void> {
    const { metricsPort, inspect: port, secret } = this.#options
    if (metricsPort === undefined && port === undefined) return
    const { openMetrics, openPage } = await import('./inspectors.ts')
    const socket = this.#socket
    if (metricsPort !== undefined) this.#metrics = await openMetrics(socket, metricsPort, this.#world.terminal.env)
    if (port !== undefined) this.#page = await openPage(socket, { port, secret })
  }

  async #open(): Promise<void> {
    const socket = this.#socket
    this.#listenToEvents()
    await socket.listen()
    const { controlPath } = this.#world
    if (controlPath !== undefined) {
      const port = await this.#control.listen()
      await writeControlFile(controlPath, { port, token: this.#control.token, pid: process.pid, id: socket.id })
    }
    await this.#openInspectors()
    const { id, addresses } = socket
    const page = this.#page?.pageUrl
    if (this.#options.json) {
      const urls = { metrics: this.#metrics?.metricsUrl ?? null, inspect: page ?? null }
      return this.#printEvent('listening', { id, addresses, pid: process.pid, control: controlPath ?? null, ...urls })
    }
    const places = addresses.map((address) => `${address.transport}://${addressText(address)}`)
    const via = controlPath === undefined ? '' : `\nask it with: ts2p keys --via ${process.pid}`
    const look = page === undefined ? '' : `\nlook into it at ${page}`
    this.#world.terminal.result(undefined, `node ${id}\nlistening on ${places.join(' and ')}${via}${look}`, {})
  }

  async #close(): Promise<void> {
    await Promise.all([this.#metrics?.close(), this.#page?.close()])
    const { controlPath } = this.#world
    if (controlPath !== undefined) {
      await this.#control.close()
      await rm(controlPath, { force: true })
    }
    try {
      if (this.#options.persist !== undefined) await this.#socket.flush()
    } finally {
      await this.#socket.close()
    }
  }

  #listenToEvents(): void {
    const socket = this.#socket
    const log = this.#log
    socket.on('connect', () => {
      log.info({ neighbors: socket.peers.size }, 'linked with the network')
      this.#printEvent('connect')
    })
    socket.on('disconnect', () => {
      log.info('linked with nobody now; nodes that this one has dialed are dialed again')
      this.#printEvent('disconnect')
    })
    socket.on('refused', ({ code, message }) => log.warn({ code }, message))
    socket.on('lease-lost', ({ key, owner }) =>
      log.warn({ key: datumOf(key), owner }, 'another node holds a key that this one held'),
    )
    socket.on('lease-expired', ({ key }) => log.info({ key: datumOf(key) }, 'a lease of this node has run out'))
    socket.on('change', ({ type, key, owner }) => log.debug({ key: datumOf(key), owner }, changeSentences[type]))
    socket.on('message', () => this.#takeMessages())
  }

  #takeMessages(): void {
    for (let message = this.#socket.recv(); message; message = this.#socket.recv()) {
      const { sender, packets } = message
      const texts = packets.slice(1).map((packet) => datumOf(packet))
      this.#log.info({ sender, packets: texts }, 'a message')
      if (this.#options.json) this.#printEvent('message', { sender, packets: texts })
      else this.#world.terminal.result(undefined, `${sender.slice(0, 8)}…: ${texts.map(printable).join(' ')}`, {})
    }
  }

  #printEvent(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (this.#options.json) this.#world.terminal.result({ event, ...fields }, '', { json: true })
  }
}
