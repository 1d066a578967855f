/** What a page may take, and how many bytes that may have, minified and compressed; undefined: nobody has set a bound. */
export interface Good {
  readonly name: string
  readonly program: string
  readonly bytesMax: number | undefined
}

export const goods: readonly Good[] = [
  {
    name: '@ts2p/store',
    program: "import { Store } from '@ts2p/store'; globalThis.keep = Store",
    bytesMax: 6000,
  },
  {
    name: '@ts2p/mesh, with WebSocket',
    program:
      "import { MeshSocket } from '@ts2p/mesh'; import { websocket } from '@ts2p/transport-websocket'; globalThis.keep = [MeshSocket, websocket]",
    bytesMax: undefined,
  },
  {
    name: '@ts2p/sync, with WebSocket',
    program:
      "import { SyncSocket } from '@ts2p/sync'; import { websocket } from '@ts2p/transport-websocket'; globalThis.keep = [SyncSocket, websocket]",
    bytesMax: 40_000,
  },
]
