// Messages on a mesh: to all, to the neighbors, and an answer to one.
import { MeshSocket } from '@ts2p/mesh'
import { tcp } from '@ts2p/transport-tcp'

const makeNode = () => new MeshSocket({ transports: [tcp()], listen: { host: '127.0.0.1', port: 0 } })
const [anna, bert, cleo] = [makeNode(), makeNode(), makeNode()]

/** @param {Uint8Array} bytes */
const text = (bytes) => new TextDecoder().decode(bytes)

/**
 * What no handler takes is queued, and taken out by recv().
 *
 * @param {MeshSocket} node
 * @returns {Promise<import('@ts2p/mesh').Message | undefined>}
 */
const nextMessage = (node) => new Promise((resolve) => node.once('message', () => resolve(node.recv())))

await anna.listen()
// Bert and cleo know anna's address only; she tells them of each other.
await bert.connect('127.0.0.1', anna.addresses[0].port)
await cleo.connect('127.0.0.1', anna.addresses[0].port)

// A handler sees messages first, and takes one by returning true. The first packet is the type.
const replied = new Promise((resolve, reject) => {
  bert.registerHandler((message) => {
    if (message.type !== 'question') return false
    console.log('bert is asked', text(message.packets[1]))
    message.reply(['forty', 'two']).then(resolve, reject)
    return true
  })
})

const annaHears = nextMessage(anna)
const cleoHears = nextMessage(cleo)
cleo.send(['the meaning of life?'], { type: 'question' }) // to every node of the network, exactly once
console.log('anna hears the', (await annaHears)?.type)
const answer = await cleoHears
console.log('cleo hears', answer?.packets.slice(1).map(text), 'from', answer?.sender === bert.id ? 'bert' : 'anna')
await replied
console.log('bert knows that cleo has the answer')

// A whisper goes to those that the node is linked with, and no further.
const bertHears = nextMessage(bert)
anna.send(['psst'], { flag: 'whisper' })
const whisper = await bertHears
console.log(`bert hears a ${whisper?.type}:`, whisper?.packets.slice(1).map(text))

await Promise.all([anna, bert, cleo].map((node) => node.close()))
