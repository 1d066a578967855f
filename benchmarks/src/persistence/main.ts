// Which embedded store, and what keeping costs: pnpm bench:persistence
import { compareSet } from './compare-set.ts'
import { figuresOf } from './compare-engines.ts'

const isQuick = process.argv.includes('--quick')
const slowdownMax = 1.2

const count = isQuick ? 10_000 : 100_000
const [level, lmdb] = [await figuresOf('classic-level', count), await figuresOf('lmdb', count)]
console.log(row('', 'classic-level', 'lmdb'))
for (const [title, figure] of Object.entries(level)) console.log(row(title, figure, lmdb[title] ?? ''))

const { without, kept } = await compareSet(10_000, isQuick ? 3 : 15)
console.log(`\n${row('set of 10,000 keys, ns a key', 'memory only', 'kept in a folder')}`)
const isGood = [
  show('in one turn', without.turnNs, kept.turnNs),
  show('turn after turn, without a pause', without.sustainedNs, kept.sustainedNs),
].every(Boolean)
process.exitCode = isGood ? 0 : 1

function show(title: string, withoutNs: number, keptNs: number): boolean {
  const ratio = keptNs / withoutNs
  const verdict = ratio <= slowdownMax ? 'yes' : 'NO '
  console.log(
    `${row(title, withoutNs.toFixed(0), keptNs.toFixed(0))}   ${ratio.toFixed(2)}x  ${verdict} within ${slowdownMax}x`,
  )
  return ratio <= slowdownMax
}

function row(title: string, first: string, second: string): string {
  return `${title.padEnd(36)}${first.padStart(24)}${second.padStart(28)}`
}
