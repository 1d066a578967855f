// The node of this page. It is kept in IndexedDB: what was written offline outlives the page.
import { IndexedDbPersistence } from '@ts2p/persistence-indexeddb'
import { SyncSocket } from '@ts2p/sync'
import { websocket } from '@ts2p/transport-websocket'

/** Whoever changes a field of a note while another deletes it leaves a note with this field only. */
export interface Note {
  readonly text?: string
  readonly x?: number
  readonly y?: number
}

export type BoardSocket = SyncSocket<string, Note>

/** A page dials the node at the port behind the # of its address, whenever it is not linked. */
const address = { host: '127.0.0.1', port: Number(location.hash.slice(1)) || 4445 }

async function open(options: { readonly persistence?: IndexedDbPersistence }): Promise<BoardSocket> {
  const socket: BoardSocket = new SyncSocket<string, Note>({
    transports: [websocket()],
    keyEncoding: 'utf8',
    valueEncoding: 'json',
    // Everybody may change every note; changes of different fields at the same time are both kept.
    leasing: false,
    join: [address],
    ...options,
  })
  await socket.listen()
  return socket
}

/** One tab of a browser has the database; each other is a node of its own, and keeps nothing: the first has all that it has. */
export async function openNode(): Promise<BoardSocket> {
  try {
    return await open({ persistence: new IndexedDbPersistence('board') })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'PERSISTENCE_IN_USE') return open({})
    throw error
  }
}

/** Dials at once, where the node would wait for up to half a minute. If nobody answers, the node goes on trying. */
export function hurry(socket: BoardSocket): void {
  if (!socket.routingTable) void socket.connect(address.host, address.port).catch(() => undefined)
}
