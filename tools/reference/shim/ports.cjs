// Free ports of this machine, for programs that name a port before a socket is bound.
const { createServer } = require('node:net')
const path = require('node:path')

/** More than any test of the reference uses. */
const portsPerTest = 4

let ports = []

/** Below the ports that operating systems give to outgoing connections (RFC 6335, 8.1.2; Linux: from 32768 on), which are taken at any time. */
const [lowest, highest] = [10_000, 32_000]

/** Finds ports that are free, and that no outgoing connection takes before they are used. */
async function freePorts(count) {
  const found = new Set()
  while (found.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (await isFree(port)) found.add(port)
  }
  return [...found]
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
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
