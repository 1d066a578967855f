// What finding the difference of two sets takes: pnpm bench:reconciliation
import { median } from '../median.ts'
import { reconcile, type Reconciliation } from './reconcile.ts'
import type { Slices } from './slices.ts'

const isQuick = process.argv.includes('--quick')
const [size, runs] = [100_000, isQuick ? 3 : 11]
const cpuMsMax = 200
const sliceMsMax = 5
const goals: readonly (readonly [differences: number, bytesMax: number])[] = [
  [0, 400],
  [1, 400],
  [100, 6_000],
  [10_000, 450_000],
]

console.log(
  `Two sets of ${size.toLocaleString('en')} records, the coder alone; medians of ${runs} runs, the greatest in brackets\n`,
)
console.log(
  row(['differences', 'rounds', 'symbols', 'symbol bytes', 'with ids', 'encoder ms', 'decoder ms', 'longest slice ms']),
)
reconcile(size, 1000)
let isGood = true
for (const [differences, bytesMax] of goals) {
  const results = Array.from({ length: runs }, () => reconcile(size, differences))
  const cell = (figure: (result: Reconciliation) => number, digits = 0): string => {
    const figures = results.map(figure)
    return `${median(figures).toFixed(digits)} (${Math.max(...figures).toFixed(digits)})`
  }
  const longest = (result: Reconciliation): number => Math.max(...sides(result).map(({ longestMs }) => longestMs))
  console.log(
    row([
      String(differences),
      cell(({ rounds }) => rounds),
      cell(({ symbols }) => symbols),
      cell(({ symbolBytes }) => symbolBytes),
      cell(({ bytes }) => bytes),
      cell(({ encoder }) => encoder.totalMs),
      cell(({ decoder }) => decoder.totalMs),
      cell(longest, 1),
    ]),
  )
  const misses = [
    Math.max(...results.map(({ bytes }) => bytes)) > bytesMax && `more than ${bytesMax} bytes`,
    median(results.flatMap((result) => sides(result).map(({ totalMs }) => totalMs))) > cpuMsMax &&
      `over ${cpuMsMax} ms`,
    median(results.map(longest)) > sliceMsMax && `a slice of over ${sliceMsMax} ms`,
  ].filter(Boolean)
  if (misses.length > 0) console.log(`  goal missed: ${misses.join(', ')}`)
  isGood &&= misses.length === 0
}
process.exitCode = isGood ? 0 : 1

function sides({ encoder, decoder }: Reconciliation): readonly Slices[] {
  return [encoder, decoder]
}

function row(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(18)).join('')
}
