module.exports = require('js2p').mesh
