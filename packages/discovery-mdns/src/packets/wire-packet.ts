import type { Answer, Packet as WirePacket, Question, TxtData } from 'dns-packet'
import type { DnsPacket, ServiceRecord } from './packet.ts'

/** The questions of a query, as dns-packet takes them. */
export function questionsToWire({ names }: Extract<DnsPacket, { type: 'query' }>): Question[] {
  return names.map((name) => ({ name, type: 'PTR' }))
}

/** A record of a response, as dns-packet takes it. */
export function recordToWire(record: ServiceRecord): Answer {
  const { name, ttlSeconds: ttl } = record
  switch (record.type) {
    case 'PTR':
      return { type: 'PTR', name, ttl, data: record.target }
    // All but the shared PTR records are this node's alone: others forget what they had of them (RFC 6762, 10.2).
    case 'SRV':
      return { type: 'SRV', name, ttl, flush: true, data: { target: record.target, port: record.port } }
    case 'TXT':
      return { type: 'TXT', name, ttl, flush: true, data: [...record.texts] }
    case 'A':
      return { type: 'A', name, ttl, flush: true, data: record.address }
  }
}

/** What a decoded packet says of services; other records are left out. Whatever dns-packet decodes, this does not throw. */
export function packetFromWire({ type, questions, answers, additionals }: WirePacket): DnsPacket {
  if (type === 'query') return { type, names: (questions ?? []).map(({ name }) => name) }
  return { type: 'response', records: [...(answers ?? []), ...(additionals ?? [])].flatMap(recordFromWire) }
}

function recordFromWire(answer: Answer): ServiceRecord[] {
  if (answer.type === 'OPT') return []
  const { name } = answer
  const ttlSeconds = answer.ttl ?? 0
  switch (answer.type) {
    case 'PTR':
      return [{ type: 'PTR', name, ttlSeconds, target: answer.data }]
    case 'SRV':
      return [{ type: 'SRV', name, ttlSeconds, target: answer.data.target, port: answer.data.port }]
    case 'TXT':
      return [{ type: 'TXT', name, ttlSeconds, texts: textsOf(answer.data) }]
    case 'A':
      return [{ type: 'A', name, ttlSeconds, address: answer.data }]
    default:
      return []
  }
}

function textsOf(data: TxtData): string[] {
  return [data].flat().map((text) => text.toString())
}
