import { quickSignatures, SimulatedNetwork, Simulation } from '@ts2p/simulator'
import { SyncSocket } from '@ts2p/sync'
import { fitLine } from './fit.ts'
import type { Findings, Result } from './result.ts'

const port = 4444
const measured = 5

/** How long after a `set` the last node of a network holds the value, in networks of these sizes. */
export async function measureConvergence(options: {
  readonly seed: number
  readonly sizes: readonly number[]
}): Promise<Findings> {
  const points: [number, number][] = []
  const results: Result[] = []
  for (const nodes of options.sizes) {
    const { sockets, simulation, pass } = await assemble(options.seed, nodes)
    const [writer, ...others] = sockets
    const delays: number[] = []
    for (let count = 0; count < measured + 2; count++) {
      const [key, setAt] = [`key ${count}`, simulation.elapsedMs]
      const missing = new Set(others)
      writer?.set(key, 'x')
      simulation.runUntil(() => {
        for (const socket of missing) if (socket.get(key, undefined) === 'x') missing.delete(socket)
        return missing.size === 0
      }, 60_000)
      // The first ones grow the tree.
      if (count >= 2) delays.push(missing.size === 0 ? simulation.elapsedMs - setAt : Number.POSITIVE_INFINITY)
      await pass(1000)
    }
    const most = Math.max(...delays)
    points.push([nodes, most])
    results.push({
      title: `${nodes} nodes: all hold what one set after`,
      value: `${most.toFixed(0)} ms`,
      goal: { text: 'at all', isMet: Number.isFinite(most) },
    })
  }
  if (points.length > 2) {
    const { a, b, r2 } = fitLine(points.map(([nodes, ms]) => [Math.log2(nodes), ms]))
    results.push({
      title: 'until all hold it, ms',
      value: `${a.toFixed(1)} + ${b.toFixed(2)}·log2 n, R² ${r2.toFixed(3)}`,
    })
  }
  return {
    results,
    charts: [
      {
        name: 'convergence',
        title: 'Until all nodes hold what one has set',
        x: { title: 'nodes', isLogarithmic: true },
        y: { title: 'milliseconds' },
        series: [{ name: 'last node', points }],
      },
    ],
  }
}

async function assemble(
  seed: number,
  nodes: number,
): Promise<{ sockets: SyncSocket<string, string>[]; simulation: Simulation; pass: (ms: number) => Promise<void> }> {
  const simulation = new Simulation({ seed })
  const network = new SimulatedNetwork(simulation, { latencyMs: [10, 50], isSteady: true })
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      simulation.runFor(50)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const sockets: SyncSocket<string, string>[] = []
  for (let index = 0; index < nodes; index++) {
    const name = `n${index}`
    const host = simulation.host(name, { ed25519: quickSignatures })
    const socket = new SyncSocket<string, string>({
      transports: [network.transport(host)],
      listen: { host: name, port },
      environment: host.environment,
      keyEncoding: 'utf8',
      valueEncoding: 'utf8',
    })
    await socket.listen()
    if (index > 0) socket.connect(`n${simulation.random.integer(0, index - 1)}`, port).catch(() => undefined)
    sockets.push(socket)
    await pass(50)
  }
  await pass(20_000)
  return { sockets, simulation, pass }
}
