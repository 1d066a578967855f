// pnpm bench: the dictionary beside js2p, and, if no rows of that are picked, the mesh beside gossipsub and bare trees as well. Without
// options it takes minutes and measures less of everything; --full is for figures.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const given = process.argv.slice(2).filter((word) => word !== '--')
const words = given.length === 0 ? ['--quick'] : given.filter((word) => word !== '--full')
const programs = ['main.js', ...(words.every((word) => word === '--quick') ? ['mesh/main.js'] : [])]
const statuses = programs.map((program) => {
  const path = fileURLToPath(new URL(program, import.meta.url))
  return spawnSync(process.execPath, [path, ...words], { stdio: 'inherit' }).status
})
// All of them, also if one missed a goal.
process.exitCode = statuses.every((status) => status === 0) ? 0 : 1
