// One attacker in a process of its own: node attacker.js '<attack>' <port>
import { setTimeout as delay } from 'node:timers/promises'
import { BaseSocket, systemEnvironment } from '@ts2p/base'
import type { BaseHandler, Connection } from '@ts2p/base'
import { createSubnet, decodeIHave, hashFromNodeId, identityFromSeed, nodeIdFromKey, seedBytes } from '@ts2p/protocol'
import type { SequenceRange } from '@ts2p/protocol'
import { tcp } from '@ts2p/transport-tcp'
import { attacks, hastyAttacks } from './attacks.ts'
import { until } from '../running/until.ts'

/** Bytes that wait for the link at most: what the victim does not read costs the attacker no processor time. */
const queueBytesMax = 4 * 1024 * 1024
/** After how long an attacker leaves a link for another, if it does, milliseconds. */
const hastyMs = 300

const name = process.argv[2] ?? ''
const attack = attacks[name]
const isHasty = hastyAttacks.has(name)
if (!attack) throw new RangeError(`There is no attack ${name}.`)
process.on('disconnect', () => process.exit())

const announced: SequenceRange[] = []
const handler: BaseHandler = {
  onLink: () => undefined,
  onUnlink: () => undefined,
  onMessage: (_, flag, payload) => {
    if (flag === 'notify') announced.push(...decodeIHave(payload))
  },
  onWritable: () => undefined,
  onRefused: () => undefined,
  onDialFailed: () => undefined,
  onMaintenance: () => undefined,
  peerHints: () => [],
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
let connection = await dial()
const hash = hashFromNodeId(connection.id)
const own = ({ source }: SequenceRange): boolean => nodeIdFromKey(source) === connection.id
await until('the victim announces its broadcasts', () => announced.some(own))
const { source: key = new Uint8Array(32), epoch = 0, last = 1 } = announced.find(own) ?? {}

const next = attack({ key, hash, networkId: subnet.hash, epoch, last })
for (;;) {
  const leavesAt = isHasty ? performance.now() + hastyMs : Number.POSITIVE_INFINITY
  while (connection.isEstablished && performance.now() < leavesAt) {
    for (let count = 0; count < 100 && connection.queuedBytes < queueBytesMax; count += 1) connection.send(next())
    await delay(5)
  }
  connection.destroy()
  connection = await dialUntilLinked()
}

function dial(): Promise<Connection> {
  return socket.dial({ transport: 'tcp', host: '127.0.0.1', port: Number(process.argv[3]) })
}

/** As often as it can: the victim may refuse. */
async function dialUntilLinked(): Promise<Connection> {
  for (;;) {
    const linked = await dial().catch(() => undefined)
    if (linked) return linked
    await delay(1)
  }
}
