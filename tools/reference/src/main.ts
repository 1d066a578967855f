// Runs the reference's own tests on ts2p, or with `--on js2p` on the reference itself.
import { runReferenceTests } from './run.ts'

const [option, library] = process.argv.slice(2)
if (option !== undefined && (option !== '--on' || (library !== 'ts2p' && library !== 'js2p'))) {
  console.error('usage: main.js [--on ts2p|js2p]')
  process.exit(2)
}
const { passed, failed } = await runReferenceTests(library === 'js2p' ? 'js2p' : 'ts2p')
for (const name of passed) console.log(`passed  ${name}`)
for (const { name, message } of failed) console.log(`failed  ${name}\n        ${message}`)
console.log(`${passed.length} of ${passed.length + failed.length}`)
process.exitCode = failed.length === 0 ? 0 : 1
