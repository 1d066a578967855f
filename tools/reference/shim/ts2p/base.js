// js2p 0.7's `base`, with the seed's names under those of 0.7.
const { base, selfSignedCertificate } = require('ts2p')

module.exports = {
  ...base,
  Protocol: base.protocol,
  /** Before the tests: the first certificate loads the library that makes them, for longer than a test waits for a link. */
  prepare: () => selfSignedCertificate({ hosts: ['localhost'] }),
}
