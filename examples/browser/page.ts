// A page that shows a dictionary: the same SyncSocket as on Node, joining through a node that listens for WebSockets.
// The node's port stands behind the # of the page's address.
import { SyncSocket } from '@ts2p/sync'
import { websocket } from '@ts2p/transport-websocket'

const node = new SyncSocket<string, string>({
  transports: [websocket()],
  keyEncoding: 'utf8',
  valueEncoding: 'utf8',
})
const state = document.querySelector('#state')
const list = document.querySelector('#dictionary')

function show(): void {
  const items = [...node].map(([key, value]) => {
    const item = document.createElement('li')
    item.textContent = `${key} = ${value}`
    return item
  })
  list?.replaceChildren(...items)
}

function tell(sentence: string): void {
  if (state) state.textContent = sentence
}

node.on('change', show)
node.on('connect', () => tell('Joined.'))
node.on('disconnect', () => tell('Alone. Trying to return…'))
node.connect('127.0.0.1', Number(location.hash.slice(1))).catch((error: Error) => tell(error.message))

// To be tried out in the browser's console: node.set('key', 'value')
Object.assign(globalThis, { node })
