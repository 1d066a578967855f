// Where the time of a CPU profile went: node top-functions.js <file.cpuprofile> [how many]
import { readFileSync } from 'node:fs'
import { tableOf } from '../table.ts'

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
  if (name.startsWith('(idle)')) continue
  times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0))
}
const total = [...times.values()].reduce((sum, time) => sum + time, 0)
const top = [...times].toSorted(([, a], [, b]) => b - a).slice(0, Number(count))
console.log(tableOf(top.map(([name, time]) => [name, `${((100 * time) / total).toFixed(1)} %`])).join('\n'))
