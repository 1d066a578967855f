// A page that is the same node with the same dictionary when it is opened again, alone or in a network.
import { IndexedDbPersistence } from '@ts2p/persistence-indexeddb'
import { SyncSocket } from '@ts2p/sync'
import { websocket } from '@ts2p/transport-websocket'

const node = new SyncSocket<string, string>({
  transports: [websocket()],
  keyEncoding: 'utf8',
  valueEncoding: 'utf8',
  persistence: new IndexedDbPersistence('a page that remembers'),
})
const state = document.querySelector('#state')
const list = document.querySelector('#dictionary')

function tell(sentence: string): void {
  if (state) state.textContent = sentence
}

function show(): void {
  const items = [...node].map(([key, value]) => {
    const item = document.createElement('li')
    item.textContent = `${key} = ${value}`
    return item
  })
  list?.replaceChildren(...items)
}

node.on('change', show)
try {
  await node.ready
  show()
  tell('Ready.')
} catch (error) {
  tell(String(error))
}

// To be tried out in the browser's console: node.set('key', 'value'), then reload the page.
Object.assign(globalThis, { node })
