// A node of a chain, as a user of the reference writes it: the socket is created and connected in the same tick. It says when it listens
// and when it is linked with the node before it, and closes when its standard input ends.
// Arguments: encryption, port, and the port of the node before it, unless it is the first.
const { base, mesh } = require('ts2p')

const [encryption, port, portBefore] = process.argv.slice(2)
const sock = new mesh.mesh_socket('127.0.0.1', Number(port), new base.protocol('chain', encryption))
const connected = portBefore === undefined ? undefined : sock.connect('127.0.0.1', Number(portBefore))

const say = (event) => process.stdout.write(`${JSON.stringify({ event, at: Date.now() })}\n`)
void sock.ready.then(() => say('listening'))
void connected?.then(() => say('linked'))
process.stdin.resume().on('end', () => void sock.close())
