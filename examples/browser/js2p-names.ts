// The names and argument orders of js2p in a page. The port of a node with the protocol ('my app', 'ws') stands behind
// the # of the page's address.
import { base, sync } from 'ts2p'

// A page cannot listen: no address, no port.
const sock = new sync.sync_socket(null, null, true, new base.protocol('my app', 'ws'))
const list = document.querySelector('#changes')

function tell(sentence: string): void {
  const item = document.createElement('li')
  item.textContent = sentence
  list?.append(item)
}

// There are no Buffers in a page; what comes are Uint8Arrays that print as their text, as Buffers do.
sock.on('update', (_conn, key, new_data) => {
  tell(`${key.toString()} = ${new_data.toString()}`)
  if (key.toString() === 'question') sock.set('answer', '42')
})
sock.on('delete', (_conn, key) => tell(`${key.toString()} is gone`))
sock.on('error', (_conn, error) => tell(error.message))
void sock.connect('127.0.0.1', Number(location.hash.slice(1)))
