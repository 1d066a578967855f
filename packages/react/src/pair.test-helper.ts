import { createNetwork as createSimulated, settled, simulatedPort as port } from '@ts2p/simulator/testing'
import { SyncSocket } from '@ts2p/sync'
import type { Encoding, EncodingName, SyncSocketOptions } from '@ts2p/sync'

/** Two linked nodes of a simulated network. */
export interface Pair<K, V> {
  readonly anna: SyncSocket<K, V>
  readonly bert: SyncSocket<K, V>
  /** Lets virtual time pass, and promises settle. */
  readonly pass: (ms: number) => Promise<void>
}

/** Makes a node of a simulated network. When the test fails, it says by which seed it can be run again. */
export function createNetwork(seed: number): {
  node: <K, V>(name: string, options: Partial<SyncSocketOptions<K, V>>) => SyncSocket<K, V>
  pass: (ms: number) => Promise<void>
} {
  const network = createSimulated(seed)
  return {
    node: (name, options) => {
      const host = network.simulation.host(name)
      const transports = [network.transport(host)]
      return new SyncSocket({ transports, listen: { host: name, port }, environment: host.environment, ...options })
    },
    pass: async (ms) => {
      for (let passed = 0; passed < ms; passed += 100) {
        network.simulation.runFor(100)
        await settled()
      }
    },
  }
}

export async function linkedPair<K, V>(
  seed: number,
  encodings: {
    readonly keyEncoding: EncodingName<K> | Encoding<K>
    readonly valueEncoding: EncodingName<V> | Encoding<V>
  },
): Promise<Pair<K, V>> {
  const { node, pass } = createNetwork(seed)
  const [anna, bert] = [node<K, V>('anna', encodings), node<K, V>('bert', encodings)]
  await anna.listen()
  await bert.listen()
  const joined = bert.connect('anna', port)
  await pass(1000)
  await joined
  return { anna, bert, pass }
}
