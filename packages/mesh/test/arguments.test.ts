import { ArgumentError } from '@ts2p/base'
import { expect, test } from 'vitest'
import { MeshSocket } from '../src/mesh-socket.ts'
import { createNetwork, port, startNode } from './network.test-helper.ts'

test('wrong arguments are refused with an ArgumentError that names them', async () => {
  const network = createNetwork(1)
  const { socket } = await startNode(network, 'a')
  await expect(socket.connect('', port)).rejects.toMatchObject({ code: 'ARGUMENT', argument: 'host' })
  await expect(socket.connect('b', 0)).rejects.toMatchObject({ code: 'ARGUMENT', argument: 'port' })
  await expect(socket.connect('b', 65_536)).rejects.toMatchObject({ code: 'ARGUMENT', argument: 'port' })
  await expect(socket.connect('b', 1.5)).rejects.toMatchObject({ code: 'ARGUMENT', argument: 'port' })
  await expect(socket.connect('b', port, 'pigeon')).rejects.toMatchObject({ code: 'ARGUMENT', argument: 'transport' })
  expect(() => new MeshSocket({ transports: [] })).toThrow(ArgumentError)
  const transports = [network.transport(network.simulation.host('b'))]
  // What a caller without types may give.
  for (const options of [
    { limits: null },
    { secret: null },
    { environment: null },
    { environment: { now: () => 0 } },
  ]) {
    const [argument] = Object.keys(options)
    const create = (): unknown => Reflect.construct(MeshSocket, [{ transports, ...options }])
    expect(create).toThrow(expect.objectContaining({ code: 'ARGUMENT', argument }))
  }
})
