/** A DNS record of the kinds that a service on the local network is described by (RFC 6763). */
export type ServiceRecord =
  | { readonly type: 'PTR'; readonly name: string; readonly ttlSeconds: number; readonly target: string }
  | {
      readonly type: 'SRV'
      readonly name: string
      readonly ttlSeconds: number
      readonly target: string
      readonly port: number
    }
  | { readonly type: 'TXT'; readonly name: string; readonly ttlSeconds: number; readonly texts: readonly string[] }
  | { readonly type: 'A'; readonly name: string; readonly ttlSeconds: number; readonly address: string }

/** A packet of multicast DNS, as far as it is about services: a question for names, or records. */
export type DnsPacket =
  | { readonly type: 'query'; readonly names: readonly string[] }
  | { readonly type: 'response'; readonly records: readonly ServiceRecord[] }

/** Longest packet that is looked at, bytes: more than one of ts2p ever has, and what goes through an Ethernet whole. */
export const packetBytesMax = 1500
