// One case in a process of its own: node --expose-gc child.js '<case as JSON>'
import type { MeshCase } from './mesh-case.ts'
import { measureMesh } from './measure-mesh.ts'

const spec: MeshCase = JSON.parse(process.argv[2] ?? '{}')
const figures = await measureMesh(spec)
// To the parent; or printed, when run by hand, under a profiler for example.
if (process.send) process.send(figures, () => process.exit())
else {
  console.log(JSON.stringify(figures))
  process.exit()
}
