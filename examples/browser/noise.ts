// A page whose link to the network is encrypted without a certificate. The port of a node that listens for noise+ws
// stands behind the # of the page's address.
import { SyncSocket } from '@ts2p/sync'
import { noise } from '@ts2p/transport-noise'
import { websocket } from '@ts2p/transport-websocket'

const node = new SyncSocket<string, string>({
  transports: [noise(websocket())],
  keyEncoding: 'utf8',
  valueEncoding: 'utf8',
})
const list = document.querySelector('#dictionary')

function tell(sentence: string): void {
  const item = document.createElement('li')
  item.textContent = sentence
  list?.append(item)
}

node.on('change', ({ key, value }) => {
  tell(`${key} = ${value ?? 'nothing'}`)
  // A node that has just joined learns first what the others have written.
  if (key === 'question') void node.caughtUp().then(() => node.set('answer', '42'))
})
node.connect('127.0.0.1', Number(location.hash.slice(1))).catch((error: Error) => tell(error.message))
