import { transportContract } from '@ts2p/transport-contract'
import { afterAll, beforeAll, vi } from 'vitest'
import { WebSocket } from 'ws'
import { websocket as ofBrowsers } from './websocket-browser.ts'
import { websocket } from './websocket-node.ts'

/** As in browsers, the event 'error' does not say why. */
function BrowserLikeSocket(url: string): WebSocket {
  const socket = new WebSocket(url)
  const set = (handler: (event: object) => void): void => socket.addEventListener('error', () => handler({}))
  return Object.defineProperty(socket, 'onerror', { set })
}

// The library's socket has the interface of a browser's, so that the browser's side can be tested over real connections.
beforeAll(() => void vi.stubGlobal('WebSocket', BrowserLikeSocket))
afterAll(() => void vi.unstubAllGlobals())

transportContract('ws, dialed by a browser,', () => ({
  transport: websocket(),
  dialer: ofBrowsers(),
  refusal: 'no WebSocket could be opened',
}))
