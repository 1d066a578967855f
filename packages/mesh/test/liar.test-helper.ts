import { BaseSocket } from '@ts2p/base'
import type { BaseHandler, Connection } from '@ts2p/base'
import { decodeStretches, identityFromSeed } from '@ts2p/protocol'
import type { OwnIdentity, Stretch } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { meshSubnet, port } from './network.test-helper.ts'

export interface Liar {
  readonly identity: OwnIdentity
  readonly connection: Connection
  /** What its neighbor has announced, in order. */
  readonly announced: readonly Stretch[]
}

/** A peer that shakes hands as it should, and then says what it likes. */
export async function startLiar(network: SimulatedNetwork, target: string): Promise<Liar> {
  const host = network.simulation.host('liar')
  const identity = identityFromSeed(host.environment.randomBytes(32), host.environment.ed25519)
  const announced: Stretch[] = []
  const handler: BaseHandler = {
    onLink: () => undefined,
    onUnlink: () => undefined,
    onMessage: (_, flag, payload) => {
      if (flag === 'notify') announced.push(...decodeStretches(payload))
    },
    onWritable: () => undefined,
    onRefused: () => undefined,
    onDialFailed: () => undefined,
    onSweep: () => undefined,
    alternatives: () => [],
  }
  const { environment } = host
  const socket = new BaseSocket(
    { identity, subnet: meshSubnet, environment, transports: [network.transport(host)] },
    handler,
  )
  const dialled = socket.dial({ transport: 'sim', host: target, port })
  network.simulation.runFor(1000)
  return { identity, connection: await dialled, announced }
}
