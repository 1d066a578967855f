// Runs a row in this process and prints a line of JSON after each slice: node --expose-gc run-row.js NAME FROM MS
import { rows } from './rows.ts'
import { runSlices } from './slices.ts'

const [name, from, ms] = process.argv.slice(2)
const row = rows.find((candidate) => candidate.name === name)
if (!row) throw new TypeError(`There is no row '${name}'.`)
process.stdout.on('error', () => process.exit(1))
await runSlices(row, {
  from: Number(from),
  ms: Number(ms),
  onStep: (step) => void process.stdout.write(`${JSON.stringify(step)}\n`),
})
