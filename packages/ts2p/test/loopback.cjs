// Loaded before a program: whatever it listens on becomes a free port of 127.0.0.1, so that a text that names
// 0.0.0.0:4444 can be run to the letter by a test.
const net = require('node:net')

const listen = Reflect.get(net.Server.prototype, 'listen')
net.Server.prototype.listen = function (options, ...rest) {
  return listen.call(this, { ...options, host: '127.0.0.1', port: 0 }, ...rest)
}
