module.exports = require('js2p').sync
