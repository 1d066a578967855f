// One measure in a process of its own: node child.js '<case as JSON>'
import { measureSigning } from './cases.ts'
import type { SigningCase } from './cases.ts'

const spec: SigningCase = JSON.parse(process.argv[2] ?? '{}')
const figures = await measureSigning(spec)
process.send?.(figures, () => process.exit())
