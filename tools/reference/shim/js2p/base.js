module.exports = require('js2p').base
