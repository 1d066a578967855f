// The node of this page, and the keys that the chat has in the dictionary.
import { SyncSocket } from '@ts2p/sync'
import { websocket } from '@ts2p/transport-websocket'

/** A message, or a person who is here. */
export interface Entry {
  readonly name: string
  readonly text?: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Whoever has not renewed the lease of its key for so long is taken for gone. All nodes must have the same. */
export const leaseSeconds = 90

/** A page dials the node at the port behind the # of its address, whenever it is not linked. */
const join = [{ host: '127.0.0.1', port: Number(location.hash.slice(1)) || 4445 }]
export const node = new SyncSocket<string, Entry>({
  transports: [websocket()],
  keyEncoding: 'utf8',
  valueEncoding: 'json',
  leaseSeconds,
  join,
  // A page writes keys of its own only: it need not learn first what others have written.
  catchUpMs: 0,
})

/** Says that this page is here, and renews its lease. */
export function appear(name: string): void {
  node.set(`here/${node.id}`, { name, at: Date.now() })
}

/** Takes it back. A page that crashes cannot: its lease runs out. */
export function leave(): void {
  node.del(`here/${node.id}`)
}

/** A key that begins so is this node's own for ever: nobody else can change its messages. */
export function say(name: string, text: string): void {
  node.set(`~${node.id}/message/${crypto.randomUUID()}`, { name, text, at: Date.now() })
}

/** The last messages, the oldest first. */
export function messages(): [key: string, message: Entry][] {
  const all = [...node].filter(([key]) => /^~\w+\/message\//.test(key))
  return all.toSorted(([, a], [, b]) => a.at - b.at).slice(-200)
}

/** Who is here, by name. */
export function people(): [key: string, person: Entry][] {
  const here = [...node].filter(([key]) => key.startsWith('here/') && node.lease(key))
  return here.toSorted(([, a], [, b]) => a.name.localeCompare(b.name))
}

/** Dials at once, where the node would wait for up to half a minute. */
export function hurry(): void {
  const [{ host, port } = { host: '', port: 0 }] = join
  // If nobody answers, the node itself goes on trying.
  if (!node.routingTable) void node.connect(host, port).catch(() => undefined)
}
