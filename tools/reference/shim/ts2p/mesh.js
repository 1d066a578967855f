const { mesh } = require('ts2p')

module.exports = { ...mesh, MeshSocket: mesh.mesh_socket }
