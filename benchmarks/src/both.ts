// pnpm bench: the dictionary beside js2p, and, if no rows of that are picked, the mesh beside gossipsub and bare trees as well. Without
// options it takes minutes: less of everything, and only some rows of the mesh. --full is for figures.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The mesh's rows that do not take minutes each. */
const quickMeshRows = [
  'throughput-2',
  'throughput-8',
  'throughput-32',
  'processes-8',
  'latency-8',
  'latency-32',
  'heap-32',
]

const given = process.argv.slice(2).filter((word) => word !== '--')
const isFull = given.includes('--full')
const words = given.length === 0 ? ['--quick'] : given.filter((word) => word !== '--full')
const isMeshWanted = words.every((word) => word === '--quick')
const meshWords = isFull ? words : [...words, ...quickMeshRows.flatMap((row) => ['--only', row])]
const programs = [['main.js', words] as const, ...(isMeshWanted ? [['mesh/main.js', meshWords] as const] : [])]
const statuses = programs.map(([program, options]) => {
  const path = fileURLToPath(new URL(program, import.meta.url))
  return spawnSync(process.execPath, [path, ...options], { stdio: 'inherit' }).status
})
// All of them, also if one missed a goal.
process.exitCode = statuses.every((status) => status === 0) ? 0 : 1
