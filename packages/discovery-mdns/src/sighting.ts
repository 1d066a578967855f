import { hashFromNodeId } from '@ts2p/protocol'
import { serviceName } from './packets/announcement.ts'
import type { ServiceRecord } from './packets/packet.ts'

/** A node that was heard of, by one of its addresses: as announced, checked for its shape. */
export interface Sighting {
  readonly id: string
  readonly subnetId: string
  readonly transport: string
  readonly port: number
  /** IPv4 addresses that it says it has. */
  readonly hosts: readonly string[]
  /** For how long this holds; 0: it is gone. */
  readonly ttlSeconds: number
}

/** Most that is read from one packet, and kept of what it says. */
const sightingsMax = 8
const ttlSecondsMax = 300

/** The nodes that a response speaks of. What has not the shape of an announcement is left out: it may come from anyone. */
export function sightingsIn(records: readonly ServiceRecord[]): Sighting[] {
  const instances = records.filter((record) => record.type === 'SRV')
  return instances.slice(0, sightingsMax).flatMap(({ name, target, port, ttlSeconds }) => {
    if (!name.toLowerCase().endsWith(`.${serviceName}`)) return []
    const texts = records.find((record) => record.type === 'TXT' && isSameName(record.name, name))
    const { id, subnet, transport } = valuesOf(texts?.type === 'TXT' ? texts.texts : [])
    if (!isHash(id) || !isHash(subnet) || !isTransport(transport) || port < 1) return []
    const hosts = records.flatMap((record) =>
      record.type === 'A' && isSameName(record.name, target) ? [record.address] : [],
    )
    const lifetime = Math.min(ttlSeconds, ttlSecondsMax)
    return [{ id, subnetId: subnet, transport, port, hosts: hosts.slice(0, sightingsMax), ttlSeconds: lifetime }]
  })
}

/** The values of `key=value` texts; of those of one key the first counts (RFC 6763, 6.4). */
function valuesOf(texts: readonly string[]): { id?: string; subnet?: string; transport?: string } {
  const pairs = texts.map((text) => [text.split('=', 1)[0]?.toLowerCase(), text.slice(text.indexOf('=') + 1)] as const)
  return Object.fromEntries(pairs.toReversed())
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Whether it is 32 bytes in base58, as the ids of nodes and of subnets are. */
function isHash(text: string | undefined): text is string {
  if (text === undefined || text.length > 44) return false
  try {
    return hashFromNodeId(text).length > 0
  } catch {
    return false
  }
}

function isTransport(text: string | undefined): text is string {
  return text !== undefined && /^[a-z0-9+-]{1,32}$/.test(text)
}
