// What signatures cost: pnpm bench:signing
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { median } from '../running/median.ts'
import type { SigningCase, SigningFigures } from './cases.ts'

const isQuick = process.argv.includes('--quick')
const runs = isQuick ? 1 : 3
/** What a late join may spend on signatures more than without: processor time of each of the two nodes, milliseconds. */
const lateJoinMsMax = 2000

const few = isQuick ? 1000 : 10_000
const many = isQuick ? 10_000 : 100_000
const rows = [
  { title: `${few} keys set in one turn`, doing: 'set', turns: 'one', count: few },
  { title: `${few} keys set, a turn for each`, doing: 'set', turns: 'many', count: few },
  { title: `late join at ${many} keys, set in one turn`, doing: 'late-join', turns: 'one', count: many },
  { title: `late join at ${many} keys, a turn for each`, doing: 'late-join', turns: 'many', count: many },
] as const

let isGood = true
console.log(
  line('until the other node has them', ['unsigned ms', 'signed ms', 'times', 'CPU more ms', 'sign ms', 'verify ms']),
)
for (const { title, ...row } of rows) {
  const unsigned: SigningFigures[] = []
  const signed: SigningFigures[] = []
  // The two take turns, so that what else the machine does falls on both.
  for (let run = 0; run < runs; run += 1) {
    unsigned.push(await measure({ ...row, signing: false }))
    signed.push(await measure({ ...row, signing: true }))
  }
  const of = (figures: readonly SigningFigures[], name: keyof SigningFigures): number =>
    median(figures.map((each) => each[name]))
  const moreMs = of(signed, 'cpuMs') - of(unsigned, 'cpuMs')
  const columns = [
    of(unsigned, 'ms').toFixed(0),
    of(signed, 'ms').toFixed(0),
    `${(of(signed, 'ms') / of(unsigned, 'ms')).toFixed(2)}x`,
    moreMs.toFixed(0),
    of(signed, 'signMs').toFixed(0),
    of(signed, 'verifyMs').toFixed(0),
  ]
  const isWithin = row.doing !== 'late-join' || moreMs / 2 <= lateJoinMsMax
  isGood &&= isWithin
  const verdict =
    row.doing === 'late-join' ? `  ${isWithin ? 'yes' : 'NO '} within ${lateJoinMsMax} ms of CPU a node` : ''
  console.log(line(title, columns) + verdict)
}
process.exitCode = isGood ? 0 : 1

async function measure(spec: SigningCase): Promise<SigningFigures> {
  const child = fork(new URL('./child.js', import.meta.url), [JSON.stringify(spec)])
  const failed = once(child, 'exit').then(() =>
    Promise.reject(new Error(`It ended without figures: ${JSON.stringify(spec)}`)),
  )
  const [figures] = (await Promise.race([once(child, 'message'), failed])) as [SigningFigures]
  failed.catch(() => undefined)
  return figures
}

function line(title: string, columns: readonly string[]): string {
  return title.padEnd(44) + columns.map((column) => column.padStart(13)).join('')
}
