// js2p 0.7's `base`, with the seed's names under those of 0.7.
const { base } = require('ts2p')

module.exports = { ...base, Protocol: base.protocol }
