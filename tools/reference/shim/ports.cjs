// Free ports of this machine, for programs that name a port before a socket is bound.
const events = require('node:events')
const { createServer } = require('node:net')
const path = require('node:path')

/** More than any test of the reference uses. */
const portsPerTest = 4

let ports = []

/** Asks the operating system for ports, and gives them back. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => events.once(server, 'listening')))
  const found = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => events.once(server.close(), 'close')))
  return found
}

exports.freePorts = freePorts
/** For the reference's tests, as edited. */
exports.nextPort = () => ports.pop()
/** What mocha runs beside the tests. */
exports.mochaHooks = {
  async beforeAll() {
    // It stands beside this file in the folder in which the tests run.
    await require(path.join(__dirname, 'base.js')).prepare?.()
  },
  async beforeEach() {
    ports = await freePorts(portsPerTest)
  },
}
