// Messages on a mesh: to all, to the neighbours, and an answer to one.
import { MeshSocket } from '@ts2p/mesh'
import { tcp } from '@ts2p/transport-tcp'

const makeNode = () => new MeshSocket({ transports: [tcp()], listen: { host: '127.0.0.1', port: 0 } })
const [anna, bert, cleo] = [makeNode(), makeNode(), makeNode()]
const text = (bytes) => Buffer.from(bytes).toString()

await anna.listen()
// bert and cleo know anna's address only; she tells them of each other.
await bert.connect('127.0.0.1', anna.addresses[0].port)
await cleo.connect('127.0.0.1', anna.addresses[0].port)

// A handler sees messages first, and takes one by returning true.
let replied
bert.registerHandler((message) => {
  if (message.type !== 'question') return undefined
  console.log('bert is asked', text(message.packets[1]))
  replied = message.reply(['answer', '42'])
  return true
})

// What no handler takes waits for recv().
const answered = new Promise((resolve) => {
  cleo.on('message', () => {
    for (const message of cleo.recv(10)) resolve(message)
  })
})
const annaHears = new Promise((resolve) => anna.once('message', () => resolve(anna.recv())))

cleo.send(['the meaning of life?'], { type: 'question' }) // to every node
const message = await answered
console.log('cleo gets', message.packets.slice(1).map(text).join(' '), 'from', message.sender === bert.id ? 'bert' : 'anna')
console.log('anna heard it too:', (await annaHears).type)
await replied
console.log('bert knows that cleo has the answer')

await Promise.all([anna, bert, cleo].map((node) => node.close()))
