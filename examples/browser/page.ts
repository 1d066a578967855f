// A page that shows a dictionary: the same SyncSocket as on Node, joining through a node that listens for WebSockets.
// The node's port stands behind the # of the page's address.
import { SyncSocket } from '@ts2p/sync'
import { websocket } from '@ts2p/transport-websocket'
import { base, sync } from 'ts2p'

declare global {
  interface Window {
    socket: SyncSocket<string, string>
    names: { base: typeof base; sync: typeof sync }
  }
}

const socket = new SyncSocket<string, string>({
  transports: [websocket()],
  keyEncoding: 'utf8',
  valueEncoding: 'utf8',
})
const list = document.querySelector('#dictionary')

function show(): void {
  const items = [...socket].map(([key, value]) => {
    const item = document.createElement('li')
    item.textContent = `${key} = ${value}`
    return item
  })
  list?.replaceChildren(...items)
}

socket.on('update', show)
socket.on('delete', show)
// For the tests, and for a curious visitor's console.
window.socket = socket
window.names = { base, sync }
await socket.connect('127.0.0.1', Number(location.hash.slice(1)))
document.body.dataset['joined'] = 'yes'
