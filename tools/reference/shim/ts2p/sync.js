const { sync } = require('ts2p')

/** js2p 0.7 has the protocol before `leasing`; the seed has it after. */
class SyncSocket extends sync.sync_socket {
  constructor(addr, port, protocol, leasing, ...rest) {
    super(addr, port, leasing, protocol, ...rest)
  }
}

module.exports = { ...sync, SyncSocket }
