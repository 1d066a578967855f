// Where the time of a CPU profile went: node top-functions.js <file.cpuprofile> [how many]
import { readFileSync } from 'node:fs'
import { tableOf } from '../../report/table.ts'

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const [path = '', count = '15'] = process.argv.slice(2)
const { nodes, samples, timeDeltas }: Profile = JSON.parse(readFileSync(path, 'utf8'))
const names = new Map(
  nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
    id,
    `${functionName || '(anonymous)'}  ${url.split('/').slice(-3).join('/')}${url ? `:${lineNumber + 1}` : ''}`,
  ]),
)
const times = new Map<string, number>()
for (const [index, id] of samples.entries()) {
  const name = names.get(id) ?? ''
  times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0))
}
const sum = (values: Iterable<number>): number => [...values].reduce((before, value) => before + value, 0)
const idleShare = (times.get('(idle)  ') ?? 0) / sum(times.values())
times.delete('(idle)  ')
const total = sum(times.values())
const top = [...times].toSorted(([, a], [, b]) => b - a).slice(0, Number(count))
console.log(`idle ${(100 * idleShare).toFixed(1)} % of the time; of the rest:`)
console.log(tableOf(top.map(([name, time]) => [name, `${((100 * time) / total).toFixed(1)} %`])).join('\n'))
