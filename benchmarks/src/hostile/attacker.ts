// One attacker in a process of its own: node attacker.js '<attack>' <port>
import { setTimeout as delay } from 'node:timers/promises'
import { BaseSocket, systemEnvironment } from '@ts2p/base'
import type { BaseHandler } from '@ts2p/base'
import {
  createSubnet,
  decodeStretches,
  hashFromNodeId,
  identityFromSeed,
  nodeIdFromKey,
  seedBytes,
} from '@ts2p/protocol'
import type { Stretch } from '@ts2p/protocol'
import { tcp } from '@ts2p/transport-tcp'
import { attacks } from './attacks.ts'
import { until } from '../running/until.ts'

/** Bytes that wait for the link at most: what the victim does not read costs the attacker no processor time. */
const queueBytesMax = 4 * 1024 * 1024

const attack = attacks[process.argv[2] ?? '']
if (!attack) throw new RangeError(`There is no attack ${process.argv[2]}.`)
process.on('disconnect', () => process.exit())

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
const environment = systemEnvironment()
const terms = [{ name: 'mesh.signing', value: 'on' }]
const subnet = createSubnet({ description: 'mesh', security: 'plaintext', terms })
const socket = new BaseSocket(
  {
    ...{ environment, transports: [tcp()] },
    identity: identityFromSeed(environment.randomBytes(seedBytes)),
    subnet,
  },
  handler,
)
const connection = await socket.dial({ transport: 'tcp', host: '127.0.0.1', port: Number(process.argv[3]) })
const hash = hashFromNodeId(connection.id)
const own = ({ origin }: Stretch): boolean => nodeIdFromKey(origin) === connection.id
await until('the victim announces its broadcasts', () => announced.some(own))
const { origin: key = new Uint8Array(32), epoch = 0, last = 1 } = announced.find(own) ?? {}

const next = attack({ key, hash, networkId: subnet.hash, epoch, last })
while (connection.isEstablished) {
  for (let count = 0; count < 100 && connection.queuedBytes < queueBytesMax; count += 1) connection.send(next())
  await delay(5)
}
