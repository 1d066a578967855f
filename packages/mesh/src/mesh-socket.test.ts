import { Simulation, SimulatedNetwork } from '@ts2p/simulator'
import type { Host } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { MeshSocket } from './mesh-socket.ts'

function node(network: SimulatedNetwork, name: string): { host: Host; socket: MeshSocket } {
  const host = network.simulation.host(name)
  const socket = new MeshSocket({
    transports: [network.transport(host)],
    listen: { host: name, port: 4444 },
    environment: host.environment,
  })
  return { host, socket }
}

test('one address is enough to join, and a broadcast reaches every node exactly once', async () => {
  const simulation = new Simulation({ seed: 1 })
  const network = new SimulatedNetwork(simulation)
  const nodes = Array.from({ length: 20 }, (_, index) => node(network, `n${index}`))
  await Promise.all(nodes.map(({ socket }) => socket.listen()))
  const joined = nodes.slice(1).map(({ socket }) => socket.connect('n0', 4444))
  simulation.runFor(5000)
  await Promise.all(joined)
  expect(nodes.map(({ socket }) => socket.routingTable?.size)).toMatchInlineSnapshot(`
    [
      19,
      6,
      6,
      10,
      14,
      11,
      9,
      7,
      6,
      7,
      13,
      6,
      12,
      13,
      6,
      9,
      11,
      14,
      12,
      7,
    ]
  `)
  nodes[3]?.socket.send(['hello'])
  simulation.runFor(1000)
  for (const [index, { socket }] of nodes.entries()) {
    const messages = socket.recv(10)
    expect(messages.map(({ packets }) => Buffer.concat(packets.slice(1)).toString())).toEqual(index === 3 ? [] : ['hello'])
    const reply = messages[0]?.reply([`from ${index}`])
    simulation.runFor(100)
    await reply
  }
  expect(nodes[3]?.socket.recv(100).length).toBe(19)
  expect(simulation.events).toMatchInlineSnapshot()
})
