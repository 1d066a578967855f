// The names and argument orders of js2p, by require().
const { base, mesh, sync } = require('ts2p')

// Address, port (0: any), leasing, protocol.
const anna = new sync.sync_socket('127.0.0.1', 0, true, new base.protocol('my app', 'Plaintext'))
const bert = new sync.sync_socket('127.0.0.1', 0, true, new base.protocol('my app', 'Plaintext'))

// Every event hands over the socket first. Keys and values are Buffers.
bert.on('update', (conn, key, new_data, meta) => {
  console.log(`${key.toString()} was updated to have value ${new_data.toString()}`)
  console.log('by', meta.owner === anna.id ? 'anna' : meta.owner, 'at', new Date(meta.timestamp * 1000).toISOString())
  console.log('bert reads a Buffer:', Buffer.isBuffer(conn.get('test key')))
  console.log('nothing there:', conn.get('no such key', null), conn.get('no such key'))
  try {
    conn.set('test key', 'mine')
  } catch (error) {
    console.log('bert may not change it:', String(error))
  }
  anna.del('test key')
})
bert.on('delete', (conn, key) => {
  console.log(`The association with key ${key.toString()} was deleted, ${conn.size} left`)
  void exchangeMessages()
})
bert.once('connect', (conn) => {
  console.log('connected:', conn === bert, conn.routing_table.size)
  anna.set('test key', 'value')
})
// A socket binds at once; which port it got, with 0, is known a moment later.
void anna.ready.then(() => bert.connect(...anna.addr))

/** The layer below: messages without a dictionary. */
async function exchangeMessages() {
  const cleo = new mesh.mesh_socket('127.0.0.1', 0)
  const dora = new mesh.mesh_socket('127.0.0.1', 0)
  const arrived = new Promise((resolve) => {
    cleo.on('message', (conn) => {
      for (const msg of conn.recv(10)) {
        console.log(`${msg.type}: ${msg.packets[1].toString()}`)
        resolve(msg.reply(['hello yourself'])) // a promise that tells whether the answer has arrived
      }
    })
  })
  dora.on('message', (conn) => {
    for (const msg of conn.recv(10)) console.log('answer:', msg.packets[1].toString())
  })
  await cleo.ready
  await dora.connect(...cleo.addr)
  dora.send(['hello'])
  await arrived
  await Promise.all([anna, bert, cleo, dora].map((socket) => socket.close()))
}
