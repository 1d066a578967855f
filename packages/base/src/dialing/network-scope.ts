/** Who can reach an address: this machine, a private network, or everybody. */
export type NetworkScope = 'loopback' | 'private' | 'public'

/** A higher number means that fewer machines can reach the address. */
const closeness: Readonly<Record<NetworkScope, number>> = { public: 0, private: 1, loopback: 2 }

/**
 * The scope of a host, from its name or address alone. Unusual spellings of IPv4 addresses ('127.1', '0x7f000001') count as loopback,
 * because resolvers accept them. A node therefore never dials one that only another machine named.
 * Names without a dot, and those reserved for local use (RFC 6762, RFC 8375), count as private.
 * Address blocks: RFC 1122, 1918, 3927, 4193, 4291, 6052, 6598.
 */
export function networkScope(host: string): NetworkScope {
  const name = host.toLowerCase().replace(/%.*$/, '').replace(/\.$/, '')
  if (name.includes(':')) return scopeOfIpv6(name)
  const labels = name.split('.')
  const last = labels.at(-1) ?? ''
  if (/^(\d+|0x[\da-f]*)$/.test(last)) return scopeOfIpv4(name)
  if (last === 'localhost') return 'loopback'
  return labels.length === 1 || /(^|\.)(local|internal|lan|home\.arpa)$/.test(name) ? 'private' : 'public'
}

/** Whether a host is an IP address, IPv4 as it is usually written. */
export function isIpAddress(host: string): boolean {
  return (host.includes(':') ? ipv6Of(host.toLowerCase().replace(/%.*$/, '')) : ipv4Of(host)) !== undefined
}

/** An IP address in the one spelling by which it can be compared; other hosts as they are. */
export function canonicalHost(host: string): string {
  const groups = host.includes(':') ? ipv6Of(host.toLowerCase().replace(/%.*$/, '')) : undefined
  if (!groups) return host
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return isMapped ? octetsOf(groups) : groups.map((group) => group.toString(16)).join(':')
}

/** Says of a host whether it is one of these, however it is spelled. */
export function hostsIn(hosts: readonly string[] = []): (host: string) => boolean {
  const canonical = new Set(hosts.map(canonicalHost))
  return (host) => canonical.has(canonicalHost(host))
}

/**
 * What counts as one host where links are counted per host: an IPv4 address, or the /64 of an IPv6 address, since a single machine has all
 * of one (RFC 4291, 2.5.4). Undefined if the host is not known.
 */
export function hostKey(host: string): string | undefined {
  const canonical = canonicalHost(host)
  return canonical === '' ? undefined : canonical.split(':').slice(0, 4).join(':')
}

/** Whether a node may dial an address of one scope that a node of another scope named: only if the address is no closer than that node. */
export function mayAdvertise(addressSource: NetworkScope, told: NetworkScope): boolean {
  return closeness[told] <= closeness[addressSource]
}

function scopeOfIpv4(host: string): NetworkScope {
  const [a = 0, b = 0] = ipv4Of(host) ?? []
  if (a === 127 || a === 0) return 'loopback'
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  return isPrivate ? 'private' : 'public'
}

function scopeOfIpv6(host: string): NetworkScope {
  const groups = ipv6Of(host)
  if (!groups) return 'loopback'
  const [first = 0, second = 0] = groups
  const low = groups[7] ?? 0
  const isZeroUntil = (end: number): boolean => groups.slice(0, end).every((group) => group === 0)
  if (isZeroUntil(7) && low <= 1) return 'loopback'
  const isMapped = isZeroUntil(6) || (isZeroUntil(5) && groups[5] === 0xffff) || (first === 0x64 && second === 0xff9b)
  if (isMapped) return scopeOfIpv4(octetsOf(groups))
  return (first & 0xfe00) === 0xfc00 || (first & 0xff80) === 0xfe80 ? 'private' : 'public'
}

/** The IPv4 address in the last two groups of an IPv6 address. */
function octetsOf(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6)
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
}

/** The four octets; undefined for anything but the usual spelling. */
function ipv4Of(host: string): number[] | undefined {
  const octets = host.split('.')
  const isUsual =
    octets.length === 4 && octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256)
  return isUsual ? octets.map(Number) : undefined
}

/** The eight groups of 16 bits; undefined if it is no IPv6 address. */
function ipv6Of(host: string): number[] | undefined {
  const tail = /^(.*:)([^:]*\..*)$/.exec(host)
  const octets = tail?.[2] === undefined ? [] : (ipv4Of(tail[2]) ?? [Number.NaN])
  const [a = 0, b = 0, c = 0, d = 0] = octets
  const text = tail ? `${tail[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}` : host
  const halves = text.split('::')
  const parsed = halves.map((half) => (half === '' ? [] : half.split(':').map(groupOf)))
  const [left = [], right = []] = parsed
  const missing = 8 - left.length - right.length
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined
  const groups = [...left, ...Array.from({ length: missing }, () => 0), ...right]
  return [...octets, ...groups].some(Number.isNaN) ? undefined : groups
}

function groupOf(text: string): number {
  return /^[\da-f]{1,4}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN
}
