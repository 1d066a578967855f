import { setImmediate as turn } from 'node:timers/promises'
import { Simulation, SimulatedNetwork } from '@ts2p/simulator'
import { SyncSocket } from '@ts2p/sync'
import { sampleKeys } from '../running/samples.ts'
import { Meter } from './metered.ts'

/** One way, virtual milliseconds. */
const latencyMs = 100
const port = 4444

/** What it took two nodes to be the same again. */
export interface SessionFigures {
  /** Bytes of the messages of the comparison, by themselves, and as they are on the wire. */
  readonly bytes: number
  readonly wireBytes: number
  readonly recordBytes: number
  /** From the first message of the comparison until the last record is there; without any: until it is known that none is. */
  readonly roundTrips: number
  /** Processor time of both nodes together. */
  readonly cpuMs: number
}

/** Three nodes on a simulated network of a known latency: `a` and `b` have all from `c`, and never met. */
export class Session {
  readonly #network: SimulatedNetwork
  readonly #meter: Meter
  readonly #a: SyncSocket<string, string>
  readonly #b: SyncSocket<string, string>
  #round = 0
  /** What it took a node with nothing to be sent everything. */
  everything: SessionFigures | undefined

  private constructor(network: SimulatedNetwork, meter: Meter, pair: readonly SyncSocket<string, string>[]) {
    const [a, b] = pair
    if (!a || !b) throw new Error('There are two.')
    this.#network = network
    this.#meter = meter
    this.#a = a
    this.#b = b
  }

  /** Two nodes with so many records. */
  static async of(count: number): Promise<Session> {
    const network = new SimulatedNetwork(new Simulation({ seed: 1 }), { latencyMs: [latencyMs, latencyMs] })
    const meter = new Meter(() => network.simulation.elapsedMs)
    const create = async (name: string): Promise<SyncSocket<string, string>> => {
      const host = network.simulation.host(name)
      const socket = new SyncSocket<string, string>({
        transports: [meter.around(network.transport(host))],
        listen: { host: name, port },
        environment: host.environment,
        keyEncoding: 'utf8',
        valueEncoding: 'utf8',
        limits: { exchangeAddressesMax: 0 },
        storeLimits: { keysPerOwnerMax: 1_000_000 },
      })
      await socket.listen()
      return socket
    }
    const [a, b, c] = [await create('a'), await create('b'), await create('c')]
    const session = new Session(network, meter, [a, b])
    c.update(sampleKeys(count).map((key) => [key, 'x'.repeat(100)] as const))
    session.everything = await session.#measured(() => session.#meets(a, 'c', count))
    await session.#meets(b, 'c', count)
    const closed = c.close()
    await session.#pass(20 * latencyMs)
    await closed
    return session
  }

  /** What the two write while apart, half of it each; then they meet. */
  async meet(differences: number): Promise<SessionFigures> {
    this.#round += 1
    for (let index = 0; index < differences; index += 1) {
      const writer = index % 2 === 0 ? this.#a : this.#b
      writer.set(`difference ${this.#round} ${index}`, 'x'.repeat(100))
    }
    return this.#measured(() => this.#meets(this.#b, 'a', this.#a.size + Math.floor(differences / 2)))
  }

  async #meets(node: SyncSocket<string, string>, other: string, size: number): Promise<void> {
    await this.#connect(node, other)
    await this.#until(() => node.size === size)
    await this.#pass(10 * latencyMs)
  }

  async #measured(run: () => Promise<void>): Promise<SessionFigures> {
    this.#meter.reset()
    const cpuAt = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(cpuAt)
    const { compareBytes, compareWireBytes, recordBytes, firstMs = 0, recordMs = firstMs + latencyMs } = this.#meter
    return {
      bytes: compareBytes,
      wireBytes: compareWireBytes,
      recordBytes,
      // It was sent then, and is there half a round trip later.
      roundTrips: (recordMs - firstMs + latencyMs) / (2 * latencyMs),
      cpuMs: (user + system) / 1000,
    }
  }

  /** They lose each other. */
  async part(): Promise<void> {
    for (const connection of this.#b.outgoing) this.#b.disconnect(connection)
    await this.#pass(5 * latencyMs)
  }

  async #connect(from: SyncSocket<string, string>, to: string): Promise<void> {
    const connected = from.connect(to, port)
    let isConnected = false
    connected.then(() => (isConnected = true)).catch(() => undefined)
    await this.#until(() => isConnected)
    await connected
  }

  async #until(holds: () => boolean): Promise<void> {
    for (let slice = 0; slice < 5000 && !holds(); slice += 1) await this.#pass(latencyMs / 10)
    if (!holds()) throw new Error('They do not come together.')
  }

  async #pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += latencyMs / 10) {
      this.#network.simulation.runFor(latencyMs / 10)
      await turn()
    }
  }
}
