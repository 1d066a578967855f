// The names and argument orders of js2p, by require().
const { base, mesh, sync } = require('ts2p')

// Address, port (0: any), leasing, protocol.
const anna = new sync.sync_socket('127.0.0.1', 0, true, new base.protocol('my app', 'Plaintext'))
const bert = new sync.sync_socket('127.0.0.1', 0, true, new base.protocol('my app', 'Plaintext'))

bert.on('update', (conn, key, new_data, meta) => {
  console.log(`${key} was updated to have value ${new_data}, by ${meta.owner === anna.id ? 'anna' : 'somebody else'}`)
  console.log('bert reads a Buffer:', Buffer.isBuffer(conn.get('test key')))
  console.log('nothing there:', conn.get('no such key', null), conn.get('no such key'))
  try {
    conn.set('test key', 'mine')
  } catch (error) {
    console.log('bert may not change it:', error.code)
  }
  anna.del('test key')
})
bert.on('delete', (conn, key) => {
  console.log(`The association with key ${key} was deleted`)
  messages()
})
bert.once('connect', (conn) => {
  console.log('connected:', conn === bert, conn.routing_table.size)
  anna.set('test key', 'value')
})
// A socket binds at once; which port it got, with 0, is known a moment later.
anna.ready.then(() => bert.connect(...anna.addr))

function messages() {
  const cleo = new mesh.mesh_socket('127.0.0.1', 0)
  const dora = new mesh.mesh_socket('127.0.0.1', 0)
  dora.once('connect', () => dora.send(['hello']))
  cleo.on('message', (conn) => {
    const msg = conn.recv()
    if (msg === undefined) return
    console.log(`${msg.type}: ${msg.packets[1]}`)
    for (const socket of [anna, bert, cleo, dora]) socket.close()
  })
  cleo.ready.then(() => dora.connect(...cleo.addr))
}
