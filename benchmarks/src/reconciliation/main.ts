// What finding the difference of two sets takes: pnpm bench:reconciliation
import { median } from '../running/median.ts'
import { Session } from './session.ts'
import type { SessionFigures } from './session.ts'
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

/** Bytes of metadata and round trips that a whole comparison may take, without and with a cursor. */
const sessionGoals: readonly (readonly [differences: number, bytesMax: number, roundTripsMax: number])[] = [
  [0, 96, 1],
  [1, 400, 2],
  [100, 6_000, 3],
  [10_000, 450_000, 4],
]
const cursorBytesMax = 64

const count = isQuick ? 20_000 : size
console.log(`\nTwo nodes of ${count.toLocaleString('en')} records meet, on a simulated network; CPU of both together\n`)
console.log(row(['differences', '', 'metadata bytes', 'on the wire', 'record bytes', 'round trips', 'CPU ms']))
let everything: SessionFigures | undefined
for (const [differences, bytesMax, roundTripsMax] of sessionGoals) {
  const session = await Session.of(count)
  everything ??= session.everything
  const cold = await session.meet(differences)
  await session.part()
  const warm = await session.meet(differences)
  console.log(sessionRow(differences, 'cold', cold))
  console.log(sessionRow(differences, 'cursor', warm))
  const misses = [
    cold.bytes > bytesMax && `more than ${bytesMax} bytes`,
    cold.roundTrips > roundTripsMax && `more than ${roundTripsMax} round trips`,
    warm.bytes > cursorBytesMax && `more than ${cursorBytesMax} bytes with a cursor`,
  ].filter(Boolean)
  if (misses.length > 0) console.log(`  goal missed: ${misses.join(', ')}`)
  isGood &&= misses.length === 0
}
if (everything) console.log(sessionRow(count, 'everything', everything))
process.exitCode = isGood ? 0 : 1

function sessionRow(differences: number, how: string, figures: SessionFigures): string {
  const { bytes, wireBytes, recordBytes, roundTrips, cpuMs } = figures
  return row([
    differences.toLocaleString('en'),
    how,
    ...[bytes, wireBytes, recordBytes].map((each) => each.toLocaleString('en')),
    String(roundTrips),
    cpuMs.toFixed(0),
  ])
}

function sides({ encoder, decoder }: Reconciliation): readonly Slices[] {
  return [encoder, decoder]
}

function row(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(18)).join('')
}
