import { Simulation, SimulatedNetwork } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { SyncSocket } from './sync-socket.ts'

test('a value set on one node is on every node a moment later', async () => {
  const simulation = new Simulation({ seed: 1 })
  const network = new SimulatedNetwork(simulation)
  const nodes = ['a', 'b', 'c', 'd'].map((name) => {
    const host = simulation.host(name)
    return new SyncSocket<string, string>({
      transports: [network.transport(host)],
      listen: { host: name, port: 1 },
      environment: host.environment,
      keyEncoding: 'utf8',
      valueEncoding: 'utf8',
    })
  })
  await Promise.all(nodes.map((node) => node.listen()))
  const [a, b, c, d] = nodes
  const joined = nodes.slice(1).map((node) => node.connect('a', 1))
  a?.set('before', 'x')
  simulation.runFor(2000)
  await Promise.all(joined)
  b?.set('key', 'value')
  simulation.runFor(1000)
  for (const node of nodes) {
    expect(node.get('key')).toBe('value')
    expect(node.get('before')).toBe('x')
  }
  expect(() => c?.set('key', 'other')).toThrow(/is leased by/)
  b?.del('key')
  simulation.runFor(1000)
  expect(d?.has('key')).toBe(false)
})
