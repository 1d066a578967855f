// One case in a process of its own: node --expose-gc child.js '<case as JSON>'
import type { Case } from './running/case.ts'
import { measure } from './running/measure.ts'

const spec: Case = JSON.parse(process.argv[2] ?? '{}')
const figures = await measure(spec)
// To the parent; or printed, when run by hand, under a profiler for example.
if (process.send) process.send(figures, () => process.exit())
else {
  console.log(JSON.stringify(figures))
  process.exit()
}
